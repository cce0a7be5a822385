// Light of one row's pixels, followed back from the camera through random reflections: the average of many paths
// (Kajiya, "The rendering equation", 1986; materials as in Shirley, "Ray tracing in one weekend", 2016). What a path
// does next depends on what it hits, so surfaces go one by one; what goes by vectors is the search for the nearest
// sphere, a path per lane. Lanes hold paths of different pixels, since those of one pixel share its random numbers in a
// fixed order; a lane whose pixel is done takes the next one. Each lane computes what scalar code would: the bits are
// those of core-js, which says in words in which order random numbers are drawn.
#pragma once

#include "kernels/random/generators_simd.h"
#include "simd/kernel_set.h"
#include "simd/vec.h"

namespace heddle {

/** Elements per sphere: center, radius, kind, color, roughness or index. */
inline constexpr uint64_t kSphereFields = 9;

/** Surfaces that a path may meet. */
inline constexpr int kBouncesMax = 12;
/** A path that leaves a surface doesn't meet it again within this distance, which rounding would make it do. */
inline constexpr double kNear = 1e-4;
/** Points so near to the centre of the ball give no direction; squared length. */
inline constexpr double kCentre = 1e-9;

inline constexpr double kMatte = 0;
inline constexpr double kMetal = 1;
inline constexpr double kGlass = 2;
inline constexpr double kLight = 3;

}  // namespace heddle

namespace heddle::HEDDLE_ISA {

/** The random numbers of one pixel: xoshiro128++, seeded from the pixel's number. */
struct PixelRandom {
  uint32_t s0, s1, s2, s3;

  HEDDLE_INLINE PixelRandom(uint32_t seed, uint32_t pixel) {
    const uint32_t stem = mix(mix(seed + kPhi) ^ pixel);
    s0 = mix(stem + kPhi);
    s1 = mix(stem + 2 * kPhi);
    s2 = mix(stem + 3 * kPhi);
    s3 = mix(stem + 4 * kPhi);
    // All zero is the one state that the generator never leaves.
    if ((s0 | s1 | s2 | s3) == 0) s0 = 1;
  }

  /** 0 to 1, the upper end left out. */
  HEDDLE_INLINE double next() {
    const uint32_t sum = s0 + s3;
    const uint32_t bits = ((sum << 7) | (sum >> 25)) + s0;
    const uint32_t t = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= t;
    s3 = (s3 << 11) | (s3 >> 21);
    return bits * 0x1p-32;
  }
};

struct Vec3 {
  double x, y, z;
};

HEDDLE_INLINE Vec3 operator+(Vec3 a, Vec3 b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
HEDDLE_INLINE Vec3 operator*(double s, Vec3 a) { return {s * a.x, s * a.y, s * a.z}; }
HEDDLE_INLINE double dotOf(Vec3 a, Vec3 b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
HEDDLE_INLINE Vec3 unitOf(Vec3 a) {
  const double length = __builtin_sqrt(dotOf(a, a));
  return {a.x / length, a.y / length, a.z / length};
}

/** A random point in the unit ball, not at its centre. */
HEDDLE_INLINE Vec3 drawInBall(PixelRandom& random, double* square) {
  for (;;) {
    Vec3 point;
    point.x = 2 * random.next() - 1;
    point.y = 2 * random.next() - 1;
    point.z = 2 * random.next() - 1;
    *square = dotOf(point, point);
    if (*square < 1 && *square >= kCentre) return point;
  }
}

// Two vectors of paths: the steps of one wait for each other, and the other fills the wait.
inline constexpr int kPathVectors = 2;
inline constexpr int kPaths = kPathVectors * kF64Lanes;

/** What is known of a path besides its ray, and of its pixel. */
struct PathState {
  PixelRandom random{0, 0};
  Vec3 pass;         // the part of the light that comes through, by colour
  Vec3 light;        // of the pixel's paths so far
  int surfaces;      // met by the path
  uint32_t samples;  // of the pixel, begun
  uint64_t pixel;    // in the span
};

/** The paths in hand: those of the lanes below `active`. */
struct Paths {
  alignas(64) double fromX[kPaths], fromY[kPaths], fromZ[kPaths];
  alignas(64) double directionX[kPaths], directionY[kPaths], directionZ[kPaths];  // unit vectors
  alignas(64) double distance[kPaths], sphere[kPaths];  // of the nearest sphere; infinite where there is none
  PathState states[kPaths];
  int active = 0;
  uint64_t next = 0;  // pixel

  HEDDLE_INLINE void setRay(int lane, Vec3 from, Vec3 direction) {
    fromX[lane] = from.x;
    fromY[lane] = from.y;
    fromZ[lane] = from.z;
    directionX[lane] = direction.x;
    directionY[lane] = direction.y;
    directionZ[lane] = direction.z;
  }
};

/** For each lane the first sphere that its ray meets. */
HEDDLE_INLINE void findNearest(const TraceSpan& span, Paths& paths) {
  F64v nearest[kPathVectors];
  F64v found[kPathVectors];
  for (int v = 0; v < kPathVectors; ++v) {
    nearest[v] = splat(__builtin_inf());
    found[v] = F64v{};
  }
  for (uint64_t s = 0; s < span.sphereCount; ++s) {
    const double* const sphere = span.spheres + kSphereFields * s;
    const double radius = sphere[3];
    F64v along[kPathVectors];
    F64v square[kPathVectors];
    for (int v = 0; v < kPathVectors; ++v) {
      const int at = v * kF64Lanes;
      const F64v cx = sphere[0] - load(paths.fromX + at);
      const F64v cy = sphere[1] - load(paths.fromY + at);
      const F64v cz = sphere[2] - load(paths.fromZ + at);
      along[v] = cx * load(paths.directionX + at) + cy * load(paths.directionY + at) + cz * load(paths.directionZ + at);
      square[v] = along[v] * along[v] - (cx * cx + cy * cy + cz * cz - radius * radius);
    }
    // Most spheres are passed by all rays.
    MaskF64 isMet = andNotGreater(fullMask(), F64v{}, square[0]);
    for (int v = 1; v < kPathVectors; ++v) isMet |= andNotGreater(fullMask(), F64v{}, square[v]);
    if (!isAny(isMet)) continue;
    for (int v = 0; v < kPathVectors; ++v) {
      // Where the ray passes by it is NaN, and so is the distance, which is no hit then.
      const F64v half = squareRoot(square[v]);
      const F64v in = along[v] - half;
      const F64v distance = in < kNear ? along[v] + half : in;
      const auto isNearer = (distance >= kNear) & (distance < nearest[v]);
      nearest[v] = isNearer ? distance : nearest[v];
      found[v] = isNearer ? splat(static_cast<double>(s)) : found[v];
    }
  }
  for (int v = 0; v < kPathVectors; ++v) {
    store(paths.distance + v * kF64Lanes, nearest[v]);
    store(paths.sphere + v * kF64Lanes, found[v]);
  }
}

/** Takes the path of the lane on from what it meets; false if it ends there. */
inline bool continuePath(const TraceSpan& span, Paths& paths, int lane) {
  PathState& state = paths.states[lane];
  Vec3 direction{paths.directionX[lane], paths.directionY[lane], paths.directionZ[lane]};
  Vec3& pass = state.pass;
  Vec3& light = state.light;
  if (!(paths.distance[lane] < __builtin_inf())) {
    const double up = 0.5 * (direction.y + 1);
    const double* const horizon = span.horizon;
    const double* const zenith = span.zenith;
    light.x += pass.x * (horizon[0] + up * (zenith[0] - horizon[0]));
    light.y += pass.y * (horizon[1] + up * (zenith[1] - horizon[1]));
    light.z += pass.z * (horizon[2] + up * (zenith[2] - horizon[2]));
    return false;
  }
  const double* const sphere = span.spheres + kSphereFields * static_cast<uint64_t>(paths.sphere[lane]);
  const double kind = sphere[4];
  pass = {pass.x * sphere[5], pass.y * sphere[6], pass.z * sphere[7]};
  if (kind == kLight) {
    light = light + pass;
    return false;
  }
  const Vec3 from = Vec3{paths.fromX[lane], paths.fromY[lane], paths.fromZ[lane]} + paths.distance[lane] * direction;
  const double radius = sphere[3];
  Vec3 normal{(from.x - sphere[0]) / radius, (from.y - sphere[1]) / radius, (from.z - sphere[2]) / radius};
  double facing = -dotOf(direction, normal);
  const bool isInside = facing < 0;
  if (isInside) {
    normal = {-normal.x, -normal.y, -normal.z};
    facing = -facing;
  }
  if (kind == kMatte) {
    double square;
    const Vec3 point = drawInBall(state.random, &square);
    direction = normal + (1 / __builtin_sqrt(square)) * point;
    // Straight against the normal there is no direction left.
    if (dotOf(direction, direction) < kCentre) direction = normal;
  } else if (kind == kMetal) {
    const double roughness = sphere[8];
    direction = direction + (2 * facing) * normal;
    if (roughness > 0) {
      double square;
      direction = direction + roughness * drawInBall(state.random, &square);
      // Strayed into the metal.
      if (dotOf(direction, normal) <= 0) return false;
    }
  } else if (kind == kGlass) {
    const double ratio = isInside ? sphere[8] : 1 / sphere[8];
    const double cosine = facing < 1 ? facing : 1;
    const double rest = 1 - ratio * ratio * (1 - cosine * cosine);
    bool isReflected = rest < 0;
    if (!isReflected) {
      // Schlick's estimate of how much is reflected.
      const double straight = ((1 - ratio) / (1 + ratio)) * ((1 - ratio) / (1 + ratio));
      const double grazing = 1 - cosine;
      const double square = grazing * grazing;
      isReflected = state.random.next() < straight + (1 - straight) * square * square * grazing;
    }
    if (isReflected) {
      direction = direction + (2 * facing) * normal;
    } else {
      direction = ratio * direction + (ratio * cosine - __builtin_sqrt(rest)) * normal;
    }
  }
  // Only here, so that the last surface takes its random numbers too.
  if (++state.surfaces == kBouncesMax) return false;
  paths.setRay(lane, from, unitOf(direction));
  return true;
}

/** Begins the next path of the lane's pixel. */
HEDDLE_INLINE void beginPath(const TraceSpan& span, Paths& paths, int lane) {
  PathState& state = paths.states[lane];
  state.pass = {1, 1, 1};
  state.surfaces = 0;
  ++state.samples;
  const double column = static_cast<double>(span.column + state.pixel);
  const double u = (column + state.random.next() - span.halfWidth) * span.step;
  const double v = (span.halfHeight - static_cast<double>(span.row) - state.random.next()) * span.step;
  const Vec3 ahead{span.ahead[0], span.ahead[1], span.ahead[2]};
  const Vec3 right{span.right[0], span.right[1], span.right[2]};
  const Vec3 above{span.above[0], span.above[1], span.above[2]};
  paths.setRay(lane, {span.from[0], span.from[1], span.from[2]}, unitOf((ahead + u * right) + v * above));
}

/** Gives the lane the next pixel; false if there is none. */
HEDDLE_INLINE bool beginPixel(const TraceSpan& span, Paths& paths, int lane) {
  if (paths.next == span.count) return false;
  PathState& state = paths.states[lane];
  state.pixel = paths.next++;
  state.random = PixelRandom(span.seed, static_cast<uint32_t>(span.row * span.width + span.column + state.pixel));
  state.light = {0, 0, 0};
  state.samples = 0;
  beginPath(span, paths, lane);
  return true;
}

/** Leaves the lane to the path of the last one that is active. */
HEDDLE_INLINE void endLane(Paths& paths, int lane) {
  const int last = --paths.active;
  paths.states[lane] = paths.states[last];
  paths.setRay(lane, {paths.fromX[last], paths.fromY[last], paths.fromZ[last]},
               {paths.directionX[last], paths.directionY[last], paths.directionZ[last]});
  // So far away that it meets nothing.
  paths.setRay(last, {1e300, 0, 0}, {0, 0, 0});
}

inline void traceSpan(const TraceSpan& span) {
  const double samples = static_cast<double>(span.samples);
  Paths paths;
  for (int lane = 0; lane < kPaths; ++lane) paths.setRay(lane, {1e300, 0, 0}, {0, 0, 0});
  while (paths.active < kPaths && beginPixel(span, paths, paths.active)) ++paths.active;
  while (paths.active > 0) {
    findNearest(span, paths);
    // From the last one down: the one that takes an ended lane has been continued already.
    for (int lane = paths.active - 1; lane >= 0; --lane) {
      if (continuePath(span, paths, lane)) continue;
      PathState& state = paths.states[lane];
      if (state.samples < span.samples) {
        beginPath(span, paths, lane);
        continue;
      }
      float* const out = span.out + 3 * state.pixel;
      out[0] = static_cast<float>(state.light.x / samples);
      out[1] = static_cast<float>(state.light.y / samples);
      out[2] = static_cast<float>(state.light.z / samples);
      if (!beginPixel(span, paths, lane)) endLane(paths, lane);
    }
  }
}

}  // namespace heddle::HEDDLE_ISA
