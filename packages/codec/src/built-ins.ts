/**
 * The prototypes and getters of built-in objects, taken once: a writer reads a value past whatever that carries under their names
 * itself. A getter throws for an object of another kind. Below them, what both writers ask of a value in the same way.
 */
import { VIEWS } from './format.ts';

export const { prototype: plainObject } = Object;
export const { prototype: plainArray } = Array;
export const { prototype: plainDate } = Date;
export const { prototype: plainMap } = Map;
export const { prototype: plainSet } = Set;
export const { prototype: plainBuffer } = ArrayBuffer;

export const { toString, hasOwnProperty } = plainObject;
export const { getTime } = plainDate;
export const { forEach: eachEntry } = plainMap;
export const { forEach: eachMember } = plainSet;

const getterOf = <T>(prototype: object, name: PropertyKey) =>
  Object.getOwnPropertyDescriptor(prototype, name)!.get as (this: unknown) => T;
export const bufferBytes = getterOf<number>(plainBuffer, 'byteLength');
export const isResizable = getterOf<boolean>(plainBuffer, 'resizable');

/** Of every typed array; what is asked of a DataView has getters of its own. */
const typedArray = Object.getPrototypeOf(Uint8Array.prototype) as object;
const arrayName = getterOf<string | undefined>(typedArray, Symbol.toStringTag);
export const arrayBuffer = getterOf<ArrayBufferLike>(typedArray, 'buffer');
export const arrayOffset = getterOf<number>(typedArray, 'byteOffset');
export const arrayLength = getterOf<number>(typedArray, 'length');
export const arrayBytes = getterOf<number>(typedArray, 'byteLength');
export const viewBuffer = getterOf<ArrayBufferLike>(DataView.prototype, 'buffer');
export const viewOffset = getterOf<number>(DataView.prototype, 'byteOffset');
export const viewBytes = getterOf<number>(DataView.prototype, 'byteLength');

const viewPrototypes: readonly object[] = VIEWS.map(({ prototype }) => prototype);
const viewNames: readonly string[] = VIEWS.map(({ name }) => name);
/** Place of DataView in VIEWS. */
export const DATA_VIEW = viewNames.indexOf('DataView');

/** Its place in VIEWS; -1 for a view of a subclass, a Buffer among them, and for one whose prototype is that of another kind. */
export function viewIndexOf(value: ArrayBufferView, prototype: unknown): number {
  const index = viewPrototypes.indexOf(prototype as object);
  return viewNames[index] === (arrayName.call(value) ?? 'DataView') ? index : -1;
}

/**
 * Are these values of an array, as many as it is long, its elements? They come first and in order, and then those of properties that
 * are none; an array may have as many of these as it has holes.
 */
export function areElements(values: readonly unknown[], array: readonly unknown[]): boolean {
  for (let index = 0; index < values.length; index++) {
    if (values[index] !== array[index] && !Object.is(values[index], array[index])) return false;
    if (array[index] === undefined && !hasOwnProperty.call(array, index)) return false;
  }
  return true;
}

/** Is a copy of this object, which has nothing to copy, an empty plain one? Others may hide behind that prototype. */
export function isCopiedPlain(value: object): boolean {
  return Object.getPrototypeOf(structuredClone(value)) === plainObject;
}
