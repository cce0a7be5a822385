/** What other packages use of the codec. */
export { isGraph, readGraph } from './graph-reader.ts';
export { isWorthGraph, PROCESS_BUFFER_BYTES, skipRecords, THREAD_BUFFER_BYTES } from './graph-worth.ts';
export { writeGraph, type GraphParts } from './graph-writer.ts';
export { describeKind, findOffender, findPart, isPrimitive, isShared } from './offender.ts';
export { bytesOf, openGraph, PackedGraph } from './packed-graph.ts';
export { PackedList, unpackList } from './packed-list.ts';
export { hasSegments, segmentOf } from './segments.ts';
export { deserialize, serialize } from './v8-bytes.ts';
export { ValueReader } from './value-reader.ts';
export { REFUSED, ValueWriter } from './value-writer.ts';
