/** How this machine reaches web servers: one request, by a proxy where one is configured. */
export { environmentProxies, oneProxy, type ChooseProxy, type Environment } from "./proxies.ts";
export { askWeb, type WebAccess, type WebRequest } from "./request.ts";
