// Which endpoints may tell what the chain says (docs/formats/root.md).
import type { Root } from './root.ts';

/**
 * The endpoints that may be asked: the reader's, then the root's, one per host, and none on a host of the record, except
 * for a test ledger, which only its own service runs.
 */
export function eligibleEndpoints(
  root: Root,
  given: readonly string[],
  recordHosts: readonly string[],
): readonly string[] {
  const need = endpointsNeeded(root);
  const own = new Set([...recordHosts, root.host].map(hostName));
  const seen = new Set<string>();
  const usable = (endpoint: string) => {
    const host = hostName(endpoint);
    if (host === '' || seen.has(host) || (root.chain.kind !== 'test' && own.has(host))) return false;
    seen.add(host);
    return true;
  };
  const readers = given.filter(usable);
  return readers.length >= need ? readers : [...readers, ...root.endpoints.filter(usable)];
}

export function endpointsNeeded(root: Root): number {
  return root.chain.kind === 'test' ? 1 : 2;
}

/**
 * Name of the host in an address or `host:port`, lower case, without port and without the dot that may end it. Empty for
 * what fetch might read in another way than we do: user names, percent signs, backslashes.
 */
export function hostName(address: string): string {
  const rest = address.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '');
  const [, host = ''] = /^([\w.-]+|\[[^\]]*\])(?::\d*)?(?:[/?#]|$)/.exec(rest) ?? [];
  return host.toLowerCase().replace(/\.$/, '');
}
