import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiServer } from '../../tools/kubernetes/api-server.ts';
import { permissions, rulesOf } from '../../tools/kubernetes/rbac.ts';
import { customResource } from '../../tools/kubernetes/resources.ts';
import { certificateAuthority } from '../../tools/registry/certificates.ts';
import { eventually } from './eventually.ts';
import type { RunningOperator } from './operator.ts';

export const namespace = 'site';
const group = 'greeting-solution.example.com';

/** Endpoint of a repository → its images, for each version of the Solution. */
export type Versions = Readonly<Record<string, readonly [endpoint: string, images: readonly string[]]>>;

/** What MetalK8s has made in a cluster when it starts the operator. */
export class Cluster implements AsyncDisposable {
  readonly server: ApiServer;
  /** What role.yaml allows, one by one. */
  readonly permissions: readonly string[];
  /** Of this machine: the folders that a pod finds at /etc/config and at the service account's place. */
  readonly config: string;
  readonly account: string;
  readonly #folder: string;

  /** With the role and the CRD of a Solution's operator/deploy. `pod` is where the pod's files go; without it, somewhere. */
  static async start(deploy: string, pod?: { config: string; account: string }): Promise<Cluster> {
    const rules = rulesOf(await readFile(join(deploy, 'role.yaml'), 'utf8'));
    const crd = customResource(await readFile(join(deploy, 'crds/greeting_crd.yaml'), 'utf8'));
    const authority = await certificateAuthority('Kubernetes');
    const tls = await authority.issue('127.0.0.1');
    const server = await ApiServer.start({ tls, namespace, rules, customResources: [crd] });
    const folder = await mkdtemp(join(tmpdir(), 'greeting-cluster-'));
    const { config, account } = pod ?? { config: join(folder, 'config'), account: join(folder, 'account') };
    await mkdir(config, { recursive: true });
    await mkdir(account, { recursive: true });
    await writeFile(join(account, 'ca.crt'), authority.cert);
    await writeFile(join(account, 'namespace'), namespace);
    await writeFile(join(account, 'token'), server.token);
    return new Cluster(server, permissions(rules), { config, account, folder });
  }

  private constructor(
    server: ApiServer,
    permitted: readonly string[],
    { config, account, folder }: { config: string; account: string; folder: string },
  ) {
    this.server = server;
    this.permissions = permitted;
    this.config = config;
    this.account = account;
    this.#folder = folder;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** What MetalK8s' deployment.yaml.j2 sets, and Kubernetes in every container. */
  get environment(): Record<string, string> {
    return {
      KUBERNETES_SERVICE_HOST: this.server.host,
      KUBERNETES_SERVICE_PORT: String(this.server.port),
      WATCH_NAMESPACE: namespace,
      POD_NAME: 'greeting-solution-operator-1',
      OPERATOR_NAME: 'greeting-solution-operator',
    };
  }

  /** The file as its configmap.yaml.j2 writes it. */
  async configure(versions: Versions): Promise<void> {
    const lines = Object.entries(versions).flatMap(([version, [endpoint, images]]) => [
      `  ${version}:`,
      `    - endpoint: ${endpoint}`,
      '      images:',
      ...images.map((image) => `        - ${image}`),
    ]);
    const head = 'apiVersion: solutions.metalk8s.scality.com/v1alpha1\nkind: OperatorConfig\nrepositories:';
    await replace(join(this.config, 'operator.yaml'), [head, ...lines, ''].join('\n'));
  }

  async renewToken(token: string): Promise<void> {
    await replace(join(this.account, 'token'), token);
    this.server.token = token;
  }

  createGreeting(name: string, spec: { text: string; replicas?: number; version?: string }): void {
    const whole = { replicas: 1, ...spec };
    const object = { apiVersion: `${group}/v1alpha1`, kind: 'Greeting', metadata: { name }, spec: whole };
    this.server.objects.create(`${group}/greetings`, namespace, object as never);
  }

  get<T>(resource: 'greetings' | 'deployments' | 'services' | 'configmaps', name: string): T | undefined {
    return this.server.objects.get(whole(resource), namespace, name) as T | undefined;
  }

  /** Somebody else changes it. */
  change(resource: Parameters<Cluster['get']>[0], name: string, change: (object: never) => void): void {
    const object = this.server.objects.get(whole(resource), namespace, name)!;
    change(object as never);
    this.server.objects.replace(whole(resource), object);
  }

  delete(resource: Parameters<Cluster['get']>[0], name: string): void {
    this.server.objects.delete(whole(resource), namespace, name);
  }

  /** Something happens that is none of the operator's business. */
  somethingElse(): void {
    this.server.objects.create('/configmaps', 'elsewhere', {
      metadata: { name: `n${this.server.objects.version}` },
    } as never);
  }

  /** Until all four watches are open; a bookmark then tells them that all is well. */
  async watched(operator: RunningOperator): Promise<void> {
    await eventually(() => this.server.watching === 4, 'four watches', operator);
    this.server.bookmark();
  }
}

function whole(resource: string): string {
  return { greetings: `${group}/greetings`, deployments: 'apps/deployments' }[resource] ?? `/${resource}`;
}

/** As the kubelet does it: never half of it is seen. */
async function replace(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}
