/** For those who write a transport, a store or an embedding of their own: suites and stand-ins. */
export { memoryTransport, type MemoryTransport } from "./memory-transport.ts";
export {
  transportConformance,
  type ConformanceCase,
  type TransportUnderTest,
} from "./transport-conformance.ts";
export {
  storeConformance,
  type StoreCase,
  type StoreUnderTest,
} from "./store-conformance/index.ts";
