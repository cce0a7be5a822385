// Proof that the core stands alone: this unit fails to compile when a Node header can be reached from the core's
// include path. Node types belong to binding/.
#if __has_include(<node_api.h>) || __has_include(<js_native_api.h>) || __has_include(<napi.h>) || \
    __has_include(<v8.h>) || __has_include(<uv.h>)
#error "the core must compile without Node headers on its include path"
#endif

namespace heddle {
extern const char kCoreIsStandalone[];
const char kCoreIsStandalone[] = "the core compiles without Node headers";
}  // namespace heddle
