// Finds a folder that node-gyp takes as --nodedir: one with include/node/node_api.h and include/node/common.gypi.
// In order: npm_config_nodedir, the prefix of the running node (Debian, official archives), a shim made of the
// node-api-headers package and a short common.gypi (Node-API needs no other header).
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const COMMON_GYPI = `{
  'variables': {
    'visibility%': 'hidden', 'target_arch%': '${process.arch}', 'host_arch%': '${process.arch}',
    'configuring_node%': 0, 'library%': 'static_library', 'component%': 'static_library',
  },
  'target_defaults': {
    'default_configuration': 'Release',
    'configurations': {
      'Debug': { 'defines': ['DEBUG', '_DEBUG'], 'cflags': ['-g', '-O0'] },
      'Release': { 'cflags': ['-O3', '-fno-omit-frame-pointer'] },
    },
    'conditions': [
      ['OS in "linux freebsd openbsd solaris android"', {
        'cflags': ['-Wall', '-Wextra', '-Wno-unused-parameter', '-pthread'],
        'cflags_cc': ['-fno-rtti', '-fno-exceptions', '-std=gnu++17'],
        'ldflags': ['-pthread', '-rdynamic'],
        'target_conditions': [
          ['_type=="static_library" or _type=="loadable_module" or _type=="shared_library"', { 'cflags': ['-fPIC'] }],
        ],
      }],
      ['OS=="mac"', {
        'xcode_settings': {
          'GCC_OPTIMIZATION_LEVEL': '3', 'MACOSX_DEPLOYMENT_TARGET': '11.0',
          'OTHER_LDFLAGS': ['-undefined dynamic_lookup'],
        },
      }],
    ],
  },
}
`;

const isNodeDir = (dir) =>
  Boolean(dir) && ['node_api.h', 'common.gypi'].every((file) => fs.existsSync(path.join(dir, 'include/node', file)));

function makeShim() {
  const headers = createRequire(import.meta.url)('node-api-headers').include_dir;
  const dir = path.resolve(import.meta.dirname, '../node_modules/.heddle-node-headers');
  const include = path.join(dir, 'include/node');
  fs.mkdirSync(include, { recursive: true });
  for (const file of fs.readdirSync(headers)) fs.copyFileSync(path.join(headers, file), path.join(include, file));
  fs.writeFileSync(path.join(include, 'common.gypi'), COMMON_GYPI);
  return dir;
}

/** A folder for node-gyp's --nodedir; HEDDLE_HEADERS=shim skips the installed headers (a test builds that way). */
export function nodeHeaders(env = process.env) {
  const installed = [env.npm_config_nodedir, path.resolve(fs.realpathSync(process.execPath), '../..')];
  const found = env.HEDDLE_HEADERS === 'shim' ? undefined : installed.find(isNodeDir);
  return found ?? makeShim();
}
