import { move } from 'piscina';
import { bump } from '../tasks.ts';

export const bumpMoved = (array: Float64Array): unknown => move(bump(array));
