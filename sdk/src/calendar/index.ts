/** Row 1: local times, for servers, agents and those who write for them. */
export { isOpen, maySend, nextSending, windowFault, type SendingTimes } from "./windows.ts";
