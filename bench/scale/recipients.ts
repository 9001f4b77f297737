/**
 * Addresses by number, over thousands of domains of which a few are large: the domain of rank r has about 1/r of what the
 * first has (Zipf), as mailboxes have. Read back by whoever receives, so that nothing has to be kept to know them all.
 */

const domains = 5000;
const golden = 0.618_033_988_749_895;

/** The address of this number. */
export function addressOf(index: number): string {
  return `${agentOf(index)}@${domainOf(index)}`;
}

/** Its agent. */
export function agentOf(index: number): string {
  return `till-${index}`;
}

/** The number of an address of ours; -1 for any other. */
export function indexOf(address: string): number {
  const at = address.indexOf("@");
  const index = Number(address.slice("till-".length, at));
  return address === addressOf(index) ? index : -1;
}

function domainOf(index: number): string {
  return `d${Math.floor(domains ** ((index * golden) % 1))}.example`;
}
