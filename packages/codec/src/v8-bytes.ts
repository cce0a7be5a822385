/**
 * Any value that can be copied as bytes, by V8's own serializer with typed arrays as it writes them natively: views stay whole, aliasing
 * views stay views of one buffer, and nothing else hangs on the buffer. Shared memory is refused, which would become a copy.
 */

/** Loaded with the first value that needs it: a program may never have one, and node:v8 takes one to three milliseconds. */
const v8 = () => process.getBuiltinModule('node:v8');

function makeSerializer() {
  return class ByteSerializer extends v8().Serializer {
    /** The class V8 throws for what it can't write. */
    readonly _getDataCloneError = Error;
    _getSharedArrayBufferId(): never {
      throw new Error('shared memory');
    }
  };
}
let ByteSerializer: ReturnType<typeof makeSerializer> | undefined;

/** @throws what V8 throws for a value that it can't write, or what a getter of the value throws. */
export function serialize(value: unknown): Buffer {
  ByteSerializer ??= makeSerializer();
  const serializer = new ByteSerializer();
  serializer.writeHeader();
  serializer.writeValue(value);
  return serializer.releaseBuffer();
}

/** The value out of bytes that nobody changes meanwhile: V8's reader relies on that. */
export function deserialize(bytes: Uint8Array): unknown {
  const deserializer = new (v8().Deserializer)(bytes);
  deserializer.readHeader();
  return deserializer.readValue();
}
