import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { KeyPair } from '../registry/certificates.ts';
import { mergePatch } from './merge-patch.ts';
import { Objects, type ApiObject, type Change } from './objects.ts';
import { allows, type Attributes, type Rule } from './rbac.ts';
import { expired, Refusal } from './refusal.ts';
import { builtIn, type Resource } from './resources.ts';

export interface ApiServerOptions {
  /** Of the address that it is reached by. */
  readonly tls: KeyPair;
  readonly namespace: string;
  /** What its one user may do in that namespace, and nowhere else. */
  readonly rules: readonly Rule[];
  readonly customResources: readonly Resource[];
}

export interface Asked extends Attributes {
  readonly namespace: string;
  readonly allowed: boolean;
}

interface Watch {
  readonly answer: ServerResponse;
  readonly resource: Resource;
  readonly selects: (object: ApiObject) => boolean;
}

interface Call {
  readonly resource: Resource;
  readonly attributes: Attributes;
  readonly name: string | undefined;
  readonly onStatus: boolean;
  readonly url: URL;
}

/**
 * As much of the Kubernetes API as an operator meets, in memory, with one user whose rights a role tells. Objects are changed
 * from outside through `objects`: that is everybody else in the cluster. `await using server = await ApiServer.start(…)`.
 */
export class ApiServer implements AsyncDisposable {
  readonly host = '127.0.0.1';
  readonly port: number;
  readonly objects = new Objects();
  /** Everything that was asked for with the right token. */
  readonly asked: Asked[] = [];
  /** The only one that is accepted. */
  token = 'first-token';
  readonly #watches = new Set<Watch>();
  readonly #options: ApiServerOptions;
  readonly #server: Server;

  static async start(options: ApiServerOptions): Promise<ApiServer> {
    const server = createServer(options.tls);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new ApiServer(server, options);
  }

  private constructor(server: Server, options: ApiServerOptions) {
    this.port = (server.address() as AddressInfo).port;
    this.#server = server;
    this.#options = options;
    this.objects.listen((change) => this.#tell(change));
    server.on('request', (request: IncomingMessage, answer: ServerResponse) => void this.#serve(request, answer));
  }

  get watching(): number {
    return this.#watches.size;
  }

  /** Tells every watch which version it has come to. */
  bookmark(): void {
    const metadata = { resourceVersion: String(this.objects.version), creationTimestamp: null };
    for (const { answer, resource } of this.#watches) {
      write(answer, {
        type: 'BOOKMARK',
        object: { apiVersion: apiVersionOf(resource), kind: resource.kind, metadata },
      });
    }
  }

  /** Drops every connection in the middle of whatever it is at. */
  cut(): void {
    this.#watches.clear();
    this.#server.closeAllConnections();
  }

  /** Forgets what has happened, and says so to every watch. */
  expire(): void {
    this.objects.compact();
    for (const { answer } of this.#watches) {
      write(answer, { type: 'ERROR', object: expired().body });
      answer.end();
    }
    this.#watches.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #serve(request: IncomingMessage, answer: ServerResponse): Promise<void> {
    try {
      const call = this.#callOf(request);
      if (call.attributes.verb === 'watch') this.#watch(call, answer);
      else send(answer, request.method === 'POST' ? 201 : 200, await this.#answerTo(call, request));
    } catch (error) {
      const refusal = error instanceof Refusal ? error : new Refusal(500, 'InternalError', String(error));
      send(answer, refusal.status, refusal.body);
    }
  }

  /** Who asks, for what, and may they? */
  #callOf(request: IncomingMessage): Call {
    if (request.headers.authorization !== `Bearer ${this.token}`)
      throw new Refusal(401, 'Unauthorized', 'Unauthorized');
    const url = new URL(request.url ?? '', 'https://server');
    const path = /^\/(?:api|apis\/([^/]+))\/([^/]+)\/namespaces\/([^/]+)\/([^/]+)(?:\/([^/]+)(?:\/(status))?)?$/;
    const [, group = '', version, namespace = '', plural = '', name, status] = path.exec(url.pathname) ?? [];
    const verb = verbOf(request.method ?? '', name, url);
    const attributes = { verb, group, resource: status === undefined ? plural : `${plural}/${status}`, name };
    const allowed = namespace === this.#options.namespace && allows(this.#options.rules, attributes);
    this.asked.push({ ...attributes, namespace, allowed });
    if (!allowed) throw new Refusal(403, 'Forbidden', `${verb} ${url.pathname} is forbidden`);
    const resource = [...builtIn, ...this.#options.customResources].find(
      (each) => each.group === group && each.version === version && each.plural === plural,
    );
    if (resource === undefined || (status !== undefined && !resource.hasStatus)) {
      throw new Refusal(404, 'NotFound', 'the server has no such resource');
    }
    return { resource, attributes, name, onStatus: status !== undefined, url };
  }

  async #answerTo(call: Call, request: IncomingMessage): Promise<unknown> {
    if (call.attributes.verb === 'list') return this.#list(call);
    if (call.attributes.verb === 'get') return this.#existing(call);
    if (call.attributes.verb === 'create') return this.#create(call, await bodyOf(request));
    if (call.attributes.verb === 'patch') return this.#patch(call, request);
    throw new Refusal(405, 'MethodNotAllowed', 'this server does not know how');
  }

  /** Items of a list do not say of what kind they are. */
  #list({ resource, url }: Call) {
    const objects = this.objects.list(nameOf(resource), this.#options.namespace).filter(selected(url));
    return {
      apiVersion: apiVersionOf(resource),
      kind: `${resource.kind}List`,
      metadata: { resourceVersion: String(this.objects.version) },
      items: objects.map(({ apiVersion: _, kind: _kind, ...item }) => item),
    };
  }

  #existing({ resource, name = '' }: Call): ApiObject {
    const found = this.objects.get(nameOf(resource), this.#options.namespace, name);
    if (found === undefined) throw new Refusal(404, 'NotFound', `${resource.plural} "${name}" not found`);
    return found;
  }

  #create({ resource }: Call, given: ApiObject): ApiObject {
    const { name } = given.metadata;
    if (given.apiVersion !== apiVersionOf(resource) || given.kind !== resource.kind) {
      throw new Refusal(400, 'BadRequest', `${given.kind} is not what this path takes`);
    }
    if (this.objects.get(nameOf(resource), this.#options.namespace, name) !== undefined) {
      throw new Refusal(409, 'AlreadyExists', `${resource.plural} "${name}" already exists`);
    }
    if (resource.hasStatus) delete given['status'];
    this.#admit(resource, given);
    return this.objects.create(nameOf(resource), this.#options.namespace, given);
  }

  async #patch(call: Call, request: IncomingMessage): Promise<ApiObject> {
    if (request.headers['content-type'] !== 'application/merge-patch+json') {
      throw new Refusal(415, 'UnsupportedMediaType', 'only merge patches');
    }
    const patch = await bodyOf(request);
    const before = this.#existing(call);
    const version = patch.metadata?.resourceVersion;
    if (version !== undefined && version !== before.metadata.resourceVersion) {
      throw new Refusal(409, 'Conflict', 'the object has been modified');
    }
    const after = mergePatch(before, patch) as ApiObject;
    const kept = call.onStatus ? { ...before, status: after['status'] } : { ...after, status: before['status'] };
    const whole = (call.resource.hasStatus ? JSON.parse(JSON.stringify(kept)) : after) as ApiObject;
    this.#admit(call.resource, whole);
    return this.objects.replace(nameOf(call.resource), whole);
  }

  #admit(resource: Resource, object: ApiObject): void {
    const owners = object.metadata.ownerReferences ?? [];
    const wrong = [
      ...resource.admit(object),
      ...owners
        .filter(({ uid, name }) => !uid || !name)
        .map(() => 'metadata.ownerReferences: uid and name are required'),
    ];
    if (wrong.length > 0) throw new Refusal(422, 'Invalid', `${resource.kind} is invalid: ${wrong.join('; ')}`);
  }

  #watch({ resource, url }: Call, answer: ServerResponse): void {
    const changes = this.objects.since(Number(url.searchParams.get('resourceVersion')));
    if (changes === undefined) throw expired();
    const watch = { answer, resource, selects: selected(url) };
    answer.writeHead(200, { 'content-type': 'application/json' });
    answer.flushHeaders();
    this.#watches.add(watch);
    answer.on('close', () => this.#watches.delete(watch));
    for (const change of changes) this.#tell(change, watch);
  }

  #tell({ resource, type, object }: Change, only?: Watch): void {
    for (const watch of only === undefined ? this.#watches : [only]) {
      if (nameOf(watch.resource) === resource && watch.selects(object)) write(watch.answer, { type, object });
    }
  }
}

function verbOf(method: string, name: string | undefined, url: URL): string {
  if (method === 'GET') return name !== undefined ? 'get' : url.searchParams.get('watch') === '1' ? 'watch' : 'list';
  return { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' }[method] ?? method;
}

/** `a=b,c=d`. */
function selected(url: URL): (object: ApiObject) => boolean {
  const pairs = (url.searchParams.get('labelSelector') ?? '').split(',').filter(Boolean);
  return ({ metadata }) => pairs.every((pair) => metadata.labels?.[pair.split('=')[0]!] === pair.split('=')[1]);
}

const nameOf = ({ group, plural }: Resource) => `${group}/${plural}`;
const apiVersionOf = ({ group, version }: Resource) => (group === '' ? version : `${group}/${version}`);

async function bodyOf(request: IncomingMessage): Promise<ApiObject> {
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  return JSON.parse(Buffer.concat(parts).toString()) as ApiObject;
}

function send(answer: ServerResponse, status: number, body: unknown): void {
  answer.writeHead(status, { 'content-type': 'application/json' });
  answer.end(JSON.stringify(body));
}

function write(answer: ServerResponse, event: unknown): void {
  answer.write(`${JSON.stringify(event)}\n`);
}
