/** What skopeo(1) says where it fails, as an error with its remedy. Pure; used by helper/image/fetchImage.ts. */
import { TerrariumError } from '../errors';
import { escapeControlCharacters } from '../text/escapeControlCharacters';

/** Parts of its messages (containers/image, Go's net/http), the first that fits. */
const remedies: readonly (readonly [RegExp, (registry: string) => string])[] = [
  [
    /unauthorized|authentication required|denied|\b403\b/i,
    (registry) =>
      `Check the name, or log in: “skopeo login ${registry}”, and import again. “podman login” and “docker login” count too.`,
  ],
  [/manifest unknown|name unknown|not found|\b404\b/i, () => 'Check the name and the tag.'],
  [
    /gave HTTP response to HTTPS client/,
    () =>
      'The registry speaks no TLS. Where you trust the way to it, allow that in ~/.config/containers/registries.conf: containers-registries.conf(5), “insecure”.',
  ],
  [
    /x509|certificate/,
    (registry) =>
      `Put the certificate of its authority into /etc/containers/certs.d/${registry}: containers-certs.d(5).`,
  ],
  [
    /rejected|policy\.json|signature/i,
    () => 'The policy of this machine refuses it: containers-policy.json(5).',
  ],
  [
    /toomanyrequests|\b429\b/i,
    () => 'The registry allows so many pulls in a time: wait, or log in.',
  ],
  [/no space left/i, () => 'Make room on the disk, or choose another folder.'],
  [
    /no such host|refused|unreachable|timeout|dial tcp/i,
    () => 'Check the name of the registry, and the network.',
  ],
];

/** @param said standard error @param source as the person wrote it @param name of the image */
export function skopeoFailure(said: string, source: string, name: string): TerrariumError {
  const [, quoted] = [...said.matchAll(/level=fatal msg=("(?:[^"\\]|\\.)*")/g)].at(-1) ?? [];
  const reason = (quoted === undefined ? said.trim() : unquoted(quoted)) || 'it ended';
  const slash = name.indexOf('/');
  const registry =
    slash < 0 || !/[.:]|^localhost$/.test(name.slice(0, slash)) ? 'REGISTRY' : name.slice(0, slash);
  const [, remedy] = remedies.find(([pattern]) => pattern.test(reason)) ?? [];
  return new TerrariumError(
    'fetch-failed',
    `${escapeControlCharacters(source)} cannot be fetched: skopeo says “${escapeControlCharacters(reason).slice(0, 400)}”.`,
    remedy?.(registry) ?? 'See what “skopeo inspect” says of it.',
  );
}

function unquoted(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    return text; // Go quotes some characters as JSON does not
  }
}
