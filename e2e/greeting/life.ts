import { expect, it } from 'vitest';
import { permission } from '../../tools/kubernetes/rbac.ts';
import { namespace, type Cluster, type Versions } from './cluster.ts';
import { eventually } from './eventually.ts';
import type { RunningOperator } from './operator.ts';

export const endpoint = 'metalk8s-registry-from-config.invalid/greeting-solution-0.1.0';
export const image = `${endpoint}/hello-server:0.1.0`;

interface Deployment {
  metadata: { generation: number; ownerReferences: unknown[] };
  spec: { replicas: number; template: { spec: { containers: { image: string }[] } } };
  status?: Record<string, number>;
}

interface Greeting {
  metadata: { uid: string; generation: number };
  spec: { text: string; replicas: number };
  status?: {
    observedGeneration: number;
    image?: string;
    conditions: { type: string; status: string; reason: string; message: string; lastTransitionTime: string }[];
  };
}

/**
 * What an operator has to do, whatever runs it, as tests that follow one another: `running` is an operator at a cluster that
 * is configured with `versions`.
 */
export function itServesGreetings(
  versions: () => Versions,
  running: () => { cluster: Cluster; operator: RunningOperator },
) {
  const cluster = () => running().cluster;
  const until = (holds: () => unknown, what: string) => eventually(holds, what, running().operator);
  const condition = (name: string) => cluster().get<Greeting>('greetings', name)?.status?.conditions[0];
  const reason = (name: string, wanted: string) =>
    until(() => condition(name)?.reason === wanted, `${name} is ${wanted}: ${JSON.stringify(condition(name))}`);
  const deployment = (name: string) => cluster().get<Deployment>('deployments', name);
  const page = (name: string) =>
    cluster().get<{ data: Record<string, string> }>('configmaps', name)?.data['index.html'];
  const lists = () => cluster().server.asked.filter(({ verb }) => verb === 'list').length;

  it('lists and watches, and then says that it is ready', async () => {
    await cluster().watched(running().operator);
    const health = (path: string) => fetch(`http://127.0.0.1:${running().operator.healthPort()}${path}`);
    await until(() => running().operator.output().includes('"ready"'), 'ready');
    expect([(await health('/healthz')).status, (await health('/readyz')).status]).toEqual([200, 200]);
    expect((await health('/other')).status).toBe(404);
  });

  it('makes a page, a server and a Service of a Greeting, with the image that OperatorConfig tells', async () => {
    cluster().createGreeting('hello', { text: 'Hello <you> & me' });
    await reason('hello', 'Starting');
    const { metadata, status } = cluster().get<Greeting>('greetings', 'hello')!;
    expect(status).toMatchObject({ observedGeneration: 1, image, readyReplicas: 0 });
    expect(deployment('hello')!.spec).toMatchObject({ replicas: 1, template: { spec: { containers: [{ image }] } } });
    expect(page('hello')).toContain('<h1>Hello &#60;you&#62; &#38; me</h1>');
    const service = cluster().get<{ spec: { selector: object } }>('services', 'hello');
    const { matchLabels } = (deployment('hello')!.spec as unknown as { selector: { matchLabels: object } }).selector;
    expect(service!.spec.selector).toEqual(matchLabels);
    const owner = { kind: 'Greeting', name: 'hello', uid: metadata.uid, controller: true };
    for (const kind of ['configmaps', 'deployments', 'services'] as const) {
      expect(cluster().get<Deployment>(kind, 'hello')!.metadata.ownerReferences).toEqual([
        expect.objectContaining(owner),
      ]);
    }
  });

  const makeReady = (name: string) =>
    cluster().change('deployments', name, (object: Deployment) => {
      const { replicas } = object.spec;
      const { generation } = object.metadata;
      object.status = { observedGeneration: generation, readyReplicas: replicas, updatedReplicas: replicas };
    });

  it('tells when the servers are ready, and then comes to rest', async () => {
    makeReady('hello');
    await reason('hello', 'Serving');
    expect(condition('hello')).toMatchObject({ status: 'True', message: '1 of 1 servers are ready' });
    const { version } = cluster().server.objects;
    cluster().createGreeting('other', { text: 'Other' });
    await reason('other', 'Starting');
    // The other one, its three objects, its status: nothing is written that is there already.
    expect(cluster().server.objects.version).toBe(version + 5);
  });

  it('follows a Greeting that is changed', async () => {
    cluster().change('greetings', 'hello', ({ spec }: Greeting) => Object.assign(spec, { text: 'Bye', replicas: 3 }));
    await reason('hello', 'Starting');
    await until(() => cluster().get<Greeting>('greetings', 'hello')!.status!.observedGeneration === 2, 'generation 2');
    expect(deployment('hello')!.spec.replicas).toBe(3);
    expect(page('hello')).toContain('<h1>Bye</h1>');
    makeReady('hello');
    await reason('hello', 'Serving');
  });

  it('repairs what others spoil', async () => {
    cluster().change('deployments', 'hello', ({ spec }: Deployment) => (spec.template.spec.containers[0]!.image = 'x'));
    await until(() => deployment('hello')!.spec.template.spec.containers[0]!.image === image, 'its image');
    type Service = { spec: { ports: { port: number }[] } };
    cluster().change('services', 'hello', ({ spec }: Service) => (spec.ports[0]!.port = 81));
    await until(() => cluster().get<Service>('services', 'hello')?.spec.ports[0]?.port === 80, 'its port');
    cluster().delete('services', 'hello');
    await until(() => cluster().get('services', 'hello'), 'a Service again');
  });

  it('goes on where it was when its connections break, from the last bookmark', async () => {
    await cluster().watched(running().operator);
    cluster().somethingElse();
    cluster().server.bookmark();
    cluster().server.objects.compact();
    const before = lists();
    // The bookmarks have to arrive before the connection breaks: what is answered on another one comes after them.
    cluster().change('greetings', 'hello', ({ spec }: Greeting) => (spec.text = 'Before'));
    await until(() => page('hello')?.includes('Before'), 'the text before the break');
    cluster().server.cut();
    cluster().change('greetings', 'hello', ({ spec }: Greeting) => (spec.text = 'Meanwhile'));
    await until(() => page('hello')?.includes('Meanwhile'), 'the text of meanwhile');
    await cluster().watched(running().operator);
    expect(lists()).toBe(before);
  });

  it('lists again when the server says in the watch that it has forgotten (410)', async () => {
    await cluster().watched(running().operator);
    const before = lists();
    cluster().server.expire();
    cluster().delete('services', 'hello');
    cluster().createGreeting('missed', { text: 'Missed' });
    await reason('missed', 'Starting');
    await until(() => cluster().get('services', 'hello'), 'a Service again');
    await cluster().watched(running().operator);
    expect(lists()).toBe(before + 4);
  });

  it('lists again when the server refuses to go on from there (410)', async () => {
    await cluster().watched(running().operator);
    const before = lists();
    cluster().server.cut();
    cluster().change('greetings', 'missed', ({ spec }: Greeting) => (spec.text = 'Unseen'));
    cluster().server.objects.compact();
    await until(() => page('missed')?.includes('Unseen'), 'the unseen text');
    await cluster().watched(running().operator);
    expect(lists()).toBe(before + 4);
  });

  it('goes on with a token that is renewed', async () => {
    await cluster().renewToken('second-token');
    cluster().server.cut();
    cluster().change('greetings', 'missed', ({ spec }: Greeting) => (spec.text = 'Renewed'));
    await until(() => page('missed')?.includes('Renewed'), 'the text with a new token');
  });

  it('leaves alone what is not its own, and goes on when that is gone', async () => {
    const theirs = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'taken' }, spec: { ports: [{ port: 1 }] } };
    const made = cluster().server.objects.create('/services', namespace, theirs as never);
    cluster().createGreeting('taken', { text: 'Mine' });
    await reason('taken', 'NameTaken');
    expect(cluster().get('services', 'taken')).toEqual(made);
    cluster().delete('services', 'taken');
    await reason('taken', 'Starting');
  });

  it('says what is wrong with a Greeting', async () => {
    cluster().createGreeting('no.service', { text: 'x' });
    await reason('no.service', 'NameNotUsable');
    cluster().createGreeting('future', { text: 'x', version: '0.2.0' });
    await reason('future', 'ImageNotAvailable');
    expect(condition('future')!.message).toBe('version 0.2.0 of the Solution is not available: there is 0.1.0');
    expect(deployment('future')).toBeUndefined();
  });

  it('takes the configuration of a Solution that was imported meanwhile', async () => {
    await cluster().configure({ ...versions(), '0.2.0': ['elsewhere.invalid/greeting', ['hello-server:7']] });
    await reason('future', 'Starting');
    const { containers } = deployment('future')!.spec.template.spec;
    expect(containers[0]!.image).toBe('elsewhere.invalid/greeting/hello-server:7');
    expect(deployment('hello')!.spec.template.spec.containers[0]!.image).toBe(image);
  });

  it('makes nothing again of a Greeting that is deleted', async () => {
    await cluster().watched(running().operator);
    cluster().delete('greetings', 'hello');
    cluster().createGreeting('last', { text: 'After it' });
    await reason('last', 'Starting');
    for (const kind of ['configmaps', 'deployments', 'services'] as const) {
      expect(cluster().get(kind, 'hello')).toBeUndefined();
    }
  });

  it('has asked for nothing but what role.yaml allows, and for all of that', () => {
    const { asked } = cluster().server;
    expect(asked.filter(({ allowed }) => !allowed)).toEqual([]);
    expect([...new Set(asked.map(permission))].sort()).toEqual(cluster().permissions);
  });

  it('ends by SIGTERM, without an error', async () => {
    expect(await running().operator.stop(), running().operator.output()).toBe(0);
    expect(running().operator.output()).toMatch(/"ends"\}\n$/);
    expect(running().operator.output()).not.toContain('cannot go on');
  });
}
