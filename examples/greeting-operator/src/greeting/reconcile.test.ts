import { beforeEach, describe, expect, it } from 'vitest';
import { ApiError } from '../kubernetes/api-error.ts';
import type { Client } from '../kubernetes/client.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import { reconcile } from './reconcile.ts';

const greetings = '/apis/greeting-solution.example.com/v1alpha1/namespaces/site/greetings';
const services = '/api/v1/namespaces/site/services';
const deployments = '/apis/apps/v1/namespaces/site/deployments';

let objects: Map<string, KubernetesObject & Record<string, unknown>>;
let writes: string[];
/** Called before each write. */
let before: (write: string) => void;

const client = {
  get: async (path: string) => objects.get(path),
  create: async (path: string, object: KubernetesObject) => {
    const whole = `${path}/${object.metadata.name}`;
    note(`create ${whole}`);
    if (objects.has(whole)) throw new ApiError(409, 'AlreadyExists', 'is there', path);
    objects.set(whole, { ...object });
    return object;
  },
  patch: async (path: string, patch: Record<string, object>) => {
    note(`patch ${path}`);
    const target = objects.get(path.replace(/\/status$/, ''))!;
    Object.assign(target, { ...patch, metadata: { ...target.metadata, ...patch['metadata'] } });
    return target;
  },
} as unknown as Client;

function note(write: string) {
  before(write);
  writes.push(write);
}

const repositories = new Map([['0.1.0', [{ endpoint: 'registry.invalid/s', images: ['hello-server:0.1.0'] }]]]);
const context = {
  client,
  namespace: 'site',
  config: { current: { repositories } },
  now: () => new Date(0),
  log: () => undefined,
};

function put(path: string, name: string, more: Record<string, unknown> = {}) {
  const { metadata, ...rest } = more as { metadata?: object };
  const kind = { apiVersion: 'v1', kind: path === services ? 'Service' : 'Greeting' };
  objects.set(`${path}/${name}`, {
    ...kind,
    metadata: { name, uid: `uid-${name}`, generation: 1, ...metadata },
    ...rest,
  });
}

const spec = { text: 'Hello', replicas: 1 };
const statusOf = (name: string) =>
  objects.get(`${greetings}/${name}`)!['status'] as {
    conditions: { reason: string; message: string }[];
    image?: string;
  };

beforeEach(() => {
  [objects, writes, before] = [new Map(), [], () => undefined];
});

describe('reconcile', () => {
  it('makes what is missing, says so, and then has nothing to do', async () => {
    put(greetings, 'a', { spec });
    await reconcile('a', context);
    const made = ['/api/v1/namespaces/site/configmaps', deployments, services].map((path) => `create ${path}/a`);
    expect(writes).toEqual([...made, `patch ${greetings}/a/status`]);
    expect(statusOf('a')).toMatchObject({
      image: 'registry.invalid/s/hello-server:0.1.0',
      conditions: [{ reason: 'Starting' }],
    });
    await reconcile('a', context);
    expect(writes).toHaveLength(4);
  });

  it('leaves alone what is gone, or going', async () => {
    put(greetings, 'going', { spec, metadata: { deletionTimestamp: '2024-01-01T00:00:00Z' } });
    await reconcile('going', context);
    await reconcile('gone', context);
    expect(writes).toEqual([]);
  });

  it.each([
    ['nobody', {}],
    [
      'a Greeting of the same name that is no more',
      { ownerReferences: [{ kind: 'Greeting', name: 'a', uid: 'old', controller: true }] },
    ],
    ['somebody beside this one', { ownerReferences: [{ kind: 'Greeting', name: 'a', uid: 'uid-a' }] }],
  ])('does not touch what belongs to %s, and tries again later', async (_, metadata) => {
    put(greetings, 'a', { spec });
    put(services, 'a', { spec: {}, metadata });
    await expect(reconcile('a', context)).rejects.toMatchObject({ code: 'GREETING_FOREIGN', path: `${services}/a` });
    expect(writes.filter((write) => write.includes('services'))).toEqual([]);
    expect(statusOf('a').conditions).toMatchObject([{ reason: 'NameTaken' }]);
  });

  it('sees whose it is where somebody is quicker', async () => {
    put(greetings, 'a', { spec });
    before = (write) => {
      if (write === `create ${services}/a`) put(services, 'a', { spec: {} });
    };
    await expect(reconcile('a', context)).rejects.toMatchObject({ code: 'GREETING_FOREIGN' });
  });

  it('repairs its own, and keeps what others add', async () => {
    put(greetings, 'a', { spec });
    await reconcile('a', context);
    const service = objects.get(`${services}/a`)!;
    Object.assign(service, { spec: { ...(service['spec'] as object), ports: [], clusterIP: '10.0.0.1' } });
    const deployment = objects.get(`${deployments}/a`)!;
    Object.assign(deployment.metadata, { annotations: { other: 'x' } });
    writes = [];
    await reconcile('a', context);
    expect(writes).toEqual([`patch ${services}/a`]);
  });

  it('throws what is worth another attempt, and says nothing of it in the status', async () => {
    put(greetings, 'a', { spec });
    before = (write) => {
      if (write.startsWith('create')) throw new ApiError(500, undefined, 'etcd is slow', '/x');
    };
    await expect(reconcile('a', context)).rejects.toMatchObject({ code: 'GREETING_API' });
    expect(objects.get(`${greetings}/a`)!['status']).toBeUndefined();
  });

  it.each([
    ['a.b', spec, 'NameNotUsable', /^no Service can be called a\.b: /],
    ['0a', spec, 'NameNotUsable', /letter first/],
    ['a', { ...spec, version: '9.0.0' }, 'ImageNotAvailable', /version 9\.0\.0 .* there is 0\.1\.0$/],
  ])('tells the author of %s what is wrong', async (name, wrong, reason, message) => {
    put(greetings, name, { spec: wrong });
    await reconcile(name, context);
    expect(statusOf(name).conditions).toMatchObject([{ reason, message: expect.stringMatching(message) }]);
    expect(writes).toEqual([`patch ${greetings}/${name}/status`]);
  });
});
