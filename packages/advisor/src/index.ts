/** Public names only. */
export {
  CALIBRATION_BYTES_MAX,
  CALIBRATION_HOLDS_MS,
  calibrationFileName,
  corrected,
  isPlausible,
  readCalibration,
  writeCalibration,
  type CalibratedCosts,
  type CalibratedNumber,
  type Calibration,
  type CalibrationKey,
} from './calibration.ts';
export { CLONE_MS_PER_MIB } from './cost-model.ts';
export { decide, LEAVE_GAIN_MEMORY, PREFERRED_GAIN } from './decide.ts';
export type { Decision, Why } from './decision.ts';
export {
  BACKENDS,
  type Backend,
  type BackendCosts,
  type Isolation,
  type MachineFacts,
  type Profile,
  type Question,
  type Spread,
  type Wishes,
  type Work,
} from './question.ts';
export { COMPUTES_SHARE } from './computes-share.ts';
export { HOLD_MS_MAX, type Rule, type RuledOut } from './rules.ts';
export { LEAVE_GAIN, NEAR_TIE, TUNING, type Tuning } from './tuning.ts';
