# Five targets. The core (one static library per instruction set) and its tests are compiled without any Node include
# path: only core_native, the addon, sees Node-API. Variables are prefixed with core_, because node's config.gypi
# defines common names (coverage, asan) and would silently win.
{
  'variables': {
    'core_san%': '',
    'core_has_tests%': '<!(node -p "require(\'fs\').existsSync(\'test/cpp/main.cc\') ? \'yes\' : \'no\'")',
    # No fused multiply-add unless asked for, and what lets the compiler vectorise: errno and FP traps are not used.
    'core_flags': ['-ffp-contract=off', '-fno-math-errno', '-fno-trapping-math', '-fvisibility=hidden', '-Wno-psabi'],
  },
  'target_defaults': {
    'cflags!': ['-fno-exceptions'],
    'cflags_cc!': ['-fno-exceptions', '-fno-rtti', '-std=gnu++17', '-std=gnu++20'],
    'cflags_cc': ['-std=c++20', '-Wall', '-Wextra', '<@(core_flags)'],
    'xcode_settings': {
      'GCC_ENABLE_CPP_EXCEPTIONS': 'YES',
      'CLANG_CXX_LANGUAGE_STANDARD': 'c++20',
      'MACOSX_DEPLOYMENT_TARGET': '11.0',
      'OTHER_CPLUSPLUSFLAGS': ['<@(core_flags)'],
    },
    'conditions': [
      ['core_san!=""', {
        'cflags': ['-fsanitize=<(core_san)', '-fno-omit-frame-pointer', '-g'],
        'ldflags': ['-fsanitize=<(core_san)'],
      }],
    ],
  },
  'targets': [
    {
      'target_name': 'core_base',
      'type': 'static_library',
      'include_dirs/': [['exclude', '^(?!core$|test/cpp$)']],
      'include_dirs': ['core'],
      'sources': [
        'core/base/isolation.cc',
        'core/base/scratch.cc',
        'core/base/simd_level.cc',
        'core/kernels/kernel_table.cc',
        'core/kernels/axpy/axpy.cc',
        'core/kernels/dot/dot.cc',
        'core/kernels/distances/distances.cc',
        'core/kernels/fft/fft.cc',
        'core/kernels/fft/fft_plan.cc',
        'core/kernels/histogram/histogram.cc',
        'core/kernels/mandelbrot/mandelbrot.cc',
        'core/kernels/matmul/matmul.cc',
        'core/kernels/min_max/min_max.cc',
        'core/kernels/monte_carlo/monte_carlo.cc',
        'core/kernels/nbody/nbody.cc',
        'core/kernels/option_price/option_price.cc',
        'core/kernels/path_trace/path_trace.cc',
        'core/kernels/prefix_sum/prefix_sum.cc',
        'core/kernels/random/random.cc',
        'core/kernels/sort/sort.cc',
        'core/kernels/sum/sum.cc',
        'core/os/event_fd.cc',
        'core/os/os.cc',
        'core/os/segment_mail.cc',
        'core/os/shared_segment.cc',
        'core/os/shared_word.cc',
        'core/pool/job_queue.cc',
        'core/pool/thread_pool.cc',
        'core/simd/kernel_set.cc',
        'core/simd/kernel_set_baseline.cc',
        'core/sync/parker.cc',
        'core/sync/placement.cc',
      ],
    },
    {
      'target_name': 'core_avx2',
      'type': 'static_library',
      'include_dirs/': [['exclude', '^(?!core$|test/cpp$)']],
      'include_dirs': ['core'],
      'sources': ['core/base/isolation.cc'],
      'conditions': [
        ['target_arch=="x64"', {
          'sources': ['core/simd/kernel_set_avx2.cc'],
          'cflags_cc': ['-mavx2', '-mfma'],
          'xcode_settings': { 'OTHER_CPLUSPLUSFLAGS': ['-mavx2', '-mfma'] },
        }],
      ],
    },
    {
      'target_name': 'core_avx512',
      'type': 'static_library',
      'include_dirs/': [['exclude', '^(?!core$|test/cpp$)']],
      'include_dirs': ['core'],
      'sources': ['core/base/isolation.cc'],
      'conditions': [
        ['target_arch=="x64"', {
          'sources': ['core/simd/kernel_set_avx512.cc'],
          # gcc 12 warns of uninitialised values in its own AVX-512 header.
          'cflags_cc': ['-mavx512f', '-mavx512bw', '-mavx512dq', '-mavx512vl', '-mfma', '-Wno-uninitialized',
                        '-Wno-maybe-uninitialized', '-mprefer-vector-width=512'],
          'xcode_settings': {
            'OTHER_CPLUSPLUSFLAGS': ['-mavx512f', '-mavx512bw', '-mavx512dq', '-mavx512vl', '-mfma'],
          },
        }],
      ],
    },
    {
      'target_name': 'core_native',
      'dependencies': ['core_base', 'core_avx2', 'core_avx512'],
      'include_dirs': ['core', '.', '<!(node -p "require(\'node-addon-api\').include_dir")'],
      'defines': ['NAPI_VERSION=9', 'NODE_ADDON_API_DISABLE_DEPRECATED', 'NAPI_CPP_EXCEPTIONS'],
      'sources': [
        'binding/async_run.cc',
        'binding/binding.cc',
        'binding/environment.cc',
        'binding/event_table.cc',
        'binding/event_watch.cc',
        'binding/js_args.cc',
        'binding/js_errors.cc',
        'binding/kernel_binding.cc',
        'binding/listener.cc',
        'binding/os_binding.cc',
        'binding/pool_binding.cc',
      ],
      'conditions': [
        # Pinned: an addon that only worker threads loaded would be unloaded under the pool's running threads.
        ['OS=="linux"', { 'ldflags': ['-Wl,-z,nodelete'] }],
      ],
    },
  ],
  'conditions': [
    # The published package carries the sources of the addon only.
    ['core_has_tests=="yes"', {
      'targets': [
        {
          'target_name': 'core_tests',
          'type': 'executable',
          'dependencies': ['core_base', 'core_avx2', 'core_avx512'],
          'include_dirs/': [['exclude', '^(?!core$|test/cpp$)']],
          'include_dirs': ['core', 'test/cpp'],
          'ldflags': ['-pthread'],
          'libraries': ['-lpthread'],
          'sources': ['test/cpp/distances_test.cc', 'test/cpp/fft_test.cc',
                      'test/cpp/finished_jobs_test.cc', 'test/cpp/job_queue_test.cc',
                      'test/cpp/kernel_test.cc', 'test/cpp/main.cc',
                      'test/cpp/option_price_test.cc', 'test/cpp/path_trace_test.cc',
                      'test/cpp/os_test.cc', 'test/cpp/patience_test.cc', 'test/cpp/pool_test.cc',
                      'test/cpp/random_kernel_test.cc', 'test/cpp/vector_kernel_test.cc',
                      'test/cpp/shared_word_test.cc', 'test/cpp/sort_test.cc'],
        },
      ],
    }],
  ],
}
