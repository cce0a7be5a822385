import { Tinypool } from 'tinypool';
import { bump } from '../tasks.ts';

export const bumpMoved = (array: Float64Array): unknown => Tinypool.move(bump(array));
