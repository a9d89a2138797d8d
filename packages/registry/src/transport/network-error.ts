import { RegistryError } from '../error.ts';
import { placeOf } from './place.ts';
import { TransientError } from './transient.ts';

const timeouts: Readonly<Record<string, string>> = {
  UND_ERR_CONNECT_TIMEOUT: 'could not be connected to in time',
  UND_ERR_HEADERS_TIMEOUT: 'did not answer in time',
  UND_ERR_BODY_TIMEOUT: 'stopped in the middle of its answer',
  ETIMEDOUT: 'could not be connected to in time',
};

const unreachable: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
  EADDRNOTAVAIL: 'no route to the host',
};

const wrongProtocol = /^(EPROTO|ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST))$/;
const certificate = /CERT|^UNABLE_TO_|SELF_SIGNED/;

/** What failed below HTTP, as an error that says what to do. Errors of this package are passed on. */
export function networkError(cause: unknown, url: URL): Error {
  if (cause instanceof RegistryError) return cause;
  const code = codeOf(cause);
  const place = placeOf(url);
  if (code in timeouts) {
    return new TransientError('INGOT_REGISTRY_TIMEOUT', `${place} ${timeouts[code]}`, {
      help: 'The registry, or the network to it, is slow or stands still. Try again, or raise the time limits.',
      cause,
    });
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return unknownHost(code, url, cause);
  if (code in unreachable) {
    return new TransientError('INGOT_REGISTRY_UNREACHABLE', `${place} cannot be reached: ${unreachable[code]}`, {
      help: `Is a registry running at ${url.host}? A proxy is taken from HTTPS_PROXY, HTTP_PROXY and NO_PROXY.`,
      cause,
    });
  }
  if (wrongProtocol.test(code)) {
    return new RegistryError('INGOT_REGISTRY_TLS', `${place} does not speak TLS as it should (${code})`, {
      help: `If ${url.host} is a registry with plain HTTP, say so: "plainHttp": true for it, or "insecure = true" in registries.conf.`,
      cause,
    });
  }
  if (certificate.test(code)) return untrusted(code, url, cause);
  if (code === 'UND_ERR_DESTROYED' || code === 'UND_ERR_CLOSED') {
    return new RegistryError('INGOT_REGISTRY_CLOSED', `${place} was not asked: the connections are closed already`);
  }
  return other(code, url, cause);
}

function unknownHost(code: string, url: URL, cause: unknown): RegistryError {
  const Kind = code === 'EAI_AGAIN' ? TransientError : RegistryError;
  return new Kind('INGOT_REGISTRY_HOST', `the host ${url.hostname} is not known (${placeOf(url)})`, {
    help: 'Check the name of the registry, and the name server of this machine.',
    cause,
  });
}

function untrusted(code: string, url: URL, cause: unknown): RegistryError {
  const name = code === 'ERR_TLS_CERT_ALTNAME_INVALID' ? 'is for another host' : `is not trusted (${code})`;
  return new RegistryError('INGOT_REGISTRY_CERTIFICATE', `the certificate of ${url.host} ${name}`, {
    help:
      `Give the certificate of its CA: "caFile" for ${url.host} in the plugin's options, a *.crt file in ` +
      `/etc/containers/certs.d/${url.host}/, or NODE_EXTRA_CA_CERTS.`,
    cause,
  });
}

function other(code: string, url: URL, cause: unknown): RegistryError {
  const text = cause instanceof Error ? cause.message : String(cause);
  if (/^HPE_|UND_ERR_HEADERS_OVERFLOW/.test(code) || (cause as Error | null)?.name === 'HTTPParserError') {
    return new RegistryError('INGOT_REGISTRY_ANSWER', `${placeOf(url)} does not answer in HTTP: ${text}`, {
      help: `Is ${url.host} a registry, and the port right?${url.protocol === 'http:' ? speaksTls(url) : ''}`,
      cause,
    });
  }
  if (/proxy/i.test(text) || code === 'UND_ERR_PRX_TLS') {
    return new RegistryError('INGOT_REGISTRY_PROXY', `the proxy did not connect us to ${url.host}`, {
      help: 'Check HTTPS_PROXY, HTTP_PROXY (with user and password, if it wants them) and NO_PROXY.',
      cause: new Error(text.replace(/\/\/[^@/\s]*@/g, '//')),
    });
  }
  return new TransientError('INGOT_REGISTRY_CUT', `the connection to ${placeOf(url)} was cut: ${text}`, {
    help: 'The network or the registry broke off, again and again. Run it again: what has arrived is not sent twice.',
    cause,
  });
}

/** What a server with TLS says to who speaks plain HTTP is no HTTP. */
function speaksTls({ host }: URL): string {
  return ` If it speaks TLS, say so: "plainHttp": false for ${host}, or "caFile" with the certificate of its CA.`;
}

function codeOf(cause: unknown): string {
  const code = (cause as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}
