import { RegistryError } from '../error.ts';
import { discard, headersNamed, textOf, typeOf } from './answer.ts';
import { placeOf } from './place.ts';
import { retryAfterOf } from './retry.ts';
import { TransientError } from './transient.ts';
import type { Answer } from './answer.ts';

/** Explanations are short; what is longer is something else. */
const mostText = 64 * 1024;

/** Who asked, in words; never the secret. */
export interface Account {
  readonly account: string;
  /** Where the credentials came from. */
  readonly from: string;
}

/** What a registry says of a failure. OCI distribution-spec § Error Codes. */
interface Explanation {
  readonly code: string;
  readonly text: string;
  readonly isHtml: boolean;
  /** It speaks TLS, and was spoken to without. */
  readonly wantsTls: boolean;
}

/** Go's net/http, nginx, Apache. None says it in the registry's own form. */
const spokenToWithoutTls =
  /HTTP request to an HTTPS server|plain HTTP request was sent to HTTPS port|plain HTTP to an SSL-enabled server/;

/** Statuses that may pass: the registry, or a proxy before it, is busy or broken for now. */
const passing = new Set([408, 429, 500, 502, 503, 504]);

/**
 * The error for an answer that was not wanted. Reads its body. `what` was tried, as "push to host/name"; `registry` is
 * where to log in, also where a token service on another host has answered.
 */
export async function answerError(
  answer: Answer,
  what: string,
  account: Account | undefined,
  registry: string,
): Promise<RegistryError> {
  const said = await explanationOf(answer);
  const { status } = answer;
  if (status === 401 || status === 403) return refusal(answer, said, { what, account, registry });
  if (status >= 200 && status < 300) return notARegistry(answer, said, what);
  if (passing.has(status)) return passingFailure(answer, said, what);
  if (status === 400 && said.wantsTls) return needsTls(answer, what);
  if (said.isHtml && status !== 404 && status !== 405 && status !== 413) return notARegistry(answer, said, what);
  const { code, help } = kindOf(answer, said);
  return new RegistryError(code, `cannot ${what}: ${placeOf(answer.url)} answered ${status}${tail(said)}`, {
    status,
    help,
    ...(said.code === '' ? {} : { reason: said.code }),
  });
}

/**
 * The error for a 401 or 403 of another host, to which the registry sent us: the permission was in the URL, and may
 * have run out.
 */
export async function storageError(answer: Answer, what: string, name: string): Promise<RegistryError> {
  await discard(answer);
  const { status, url } = answer;
  const message = `cannot ${what}: ${placeOf(url)}, where ${name} sent us, answered ${status}`;
  const help = 'The registry keeps its blobs there. Try again; if it stays so, its storage is set up wrongly.';
  return new TransientError('INGOT_REGISTRY_FAILED', message, { status, help });
}

function passingFailure(answer: Answer, said: Explanation, what: string): TransientError {
  const { status } = answer;
  const retryAfter = retryAfterOf(answer);
  const busy = status === 429;
  const message = `cannot ${what}: ${placeOf(answer.url)} answered ${status}${tail(said)}`;
  return new TransientError(busy ? 'INGOT_REGISTRY_BUSY' : 'INGOT_REGISTRY_FAILED', message, {
    status,
    help: busy ? 'It wants fewer requests: try again later, or log in.' : 'It is broken for now: try again later.',
    ...(retryAfter === undefined ? {} : { retryAfter }),
  });
}

function kindOf({ status, url }: Answer, said: Explanation): { code: `INGOT_${string}`; help: string } {
  if (status === 404) {
    const help = 'Check the name. Some registries want a repository to be made before something is pushed to it.';
    return { code: 'INGOT_REGISTRY_MISSING', help: said.isHtml ? askIfRegistry(url) : help };
  }
  if (status === 405 || status === 501 || said.code === 'UNSUPPORTED') {
    return { code: 'INGOT_REGISTRY_UNSUPPORTED', help: 'This registry cannot do that, or it is switched off there.' };
  }
  if (status === 413) {
    const help = 'Raise the limit of the registry, or of the proxy before it (nginx: client_max_body_size 0).';
    return { code: 'INGOT_REGISTRY_TOO_LARGE', help };
  }
  return { code: 'INGOT_REGISTRY_REFUSED', help: 'The registry does not take it; its own words say why.' };
}

interface Attempt {
  readonly what: string;
  readonly account: Account | undefined;
  readonly registry: string;
}

function refusal(answer: Answer, said: Explanation, { what, account, registry }: Attempt): RegistryError {
  const { status, url } = answer;
  const who = account === undefined ? 'without a login' : `as ${account.account} (from ${account.from})`;
  const facts = { status, ...(said.code === '' ? {} : { reason: said.code }) };
  const scarce = headersNamed(answer, 'www-authenticate').some((text) => /insufficient_scope/.test(text));
  const denied = status === 403 || (account !== undefined && (scarce || said.code === 'DENIED'));
  const login = `ingot login ${registry}`;
  if (denied) {
    const help = account === undefined ? `Log in: ${login}` : `Ask for the right, or log in as who has it: ${login}`;
    const message = `${url.host} does not let us ${what} ${who}${tail(said)}`;
    return new RegistryError('INGOT_REGISTRY_DENIED', message, { ...facts, help });
  }
  const why = account === undefined ? `wants a login to ${what}` : `does not accept the login ${who}: cannot ${what}`;
  return new RegistryError('INGOT_REGISTRY_LOGIN', `${url.host} ${why}${tail(said)}`, {
    ...facts,
    help: `Log in: ${login}`,
  });
}

function tail({ text }: Explanation): string {
  return text === '' ? '' : `: ${text}`;
}

function notARegistry(answer: Answer, said: Explanation, what: string): RegistryError {
  const kind = said.isHtml ? 'a page of HTML' : `${answer.status} ${typeOf(answer) || 'without a type'}`;
  const message = `cannot ${what}: ${placeOf(answer.url)} answered with ${kind}`;
  return new RegistryError('INGOT_REGISTRY_ANSWER', message, {
    status: answer.status,
    help: askIfRegistry(answer.url),
  });
}

function needsTls(answer: Answer, what: string): RegistryError {
  return new RegistryError('INGOT_REGISTRY_TLS', `cannot ${what}: ${answer.url.host} wants TLS`, {
    status: answer.status,
    help: `Say "plainHttp": false for ${answer.url.host}, or take "insecure" away from it in registries.conf.`,
  });
}

function askIfRegistry(url: URL): string {
  return `Is ${url.host} a registry? A proxy, a portal or a web server may have answered instead.`;
}

async function explanationOf(answer: Answer): Promise<Explanation> {
  const body = await textOf(answer, mostText);
  const isHtml = typeOf(answer) === 'text/html' || /^\s*<(!doctype|html)/i.test(body);
  const wantsTls = spokenToWithoutTls.test(body);
  const first = isHtml ? undefined : firstError(body);
  if (first === undefined) return { code: '', text: '', isHtml, wantsTls };
  const code = typeof first['code'] === 'string' ? printable(first['code']).slice(0, 60) : '';
  const message = typeof first['message'] === 'string' ? printable(first['message']).slice(0, 300) : '';
  return { code, text: [code, message].filter(Boolean).join(': '), isHtml, wantsTls };
}

function firstError(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const first = (JSON.parse(body) as { errors?: readonly unknown[] } | null)?.errors?.[0];
    return typeof first === 'object' && first !== null ? (first as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Nothing that could steer a terminal. */
function printable(text: string): string {
  return text.replace(/\p{C}+/gu, ' ').trim();
}
