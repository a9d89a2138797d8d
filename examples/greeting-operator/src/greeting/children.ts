import { createHash } from 'node:crypto';
import { collection, type KubernetesObject, type OwnerReference } from '../kubernetes/object.ts';
import { group, kind, version, type Greeting } from './greeting.ts';

/** One object that a Greeting shall have, and the collection that it is in. */
export interface Child {
  readonly path: string;
  readonly object: KubernetesObject & Readonly<Record<string, unknown>>;
}

/** What everything made by this operator is labelled with. */
export const madeHere = { 'app.kubernetes.io/managed-by': 'greeting-operator' };

/** The collections that hold children. */
export const childCollections = (namespace: string) => ({
  configMaps: collection('', 'v1', namespace, 'configmaps'),
  deployments: collection('apps', 'v1', namespace, 'deployments'),
  services: collection('', 'v1', namespace, 'services'),
});

const port = 8080;

/** All objects that a Greeting shall have, in the order in which they are needed. `image` is the server's reference. */
export function childrenOf(greeting: Greeting, image: string, namespace: string): readonly Child[] {
  const { configMaps, deployments, services } = childCollections(namespace);
  return [
    { path: configMaps, object: page(greeting, namespace) },
    { path: deployments, object: server(greeting, image, namespace) },
    { path: services, object: service(greeting, namespace) },
  ];
}

/** The Greeting as owner: when it is deleted, Kubernetes' garbage collector deletes what it owns. */
export function ownerOf({ metadata }: Greeting): OwnerReference {
  return { apiVersion: `${group}/${version}`, kind, name: metadata.name, uid: metadata.uid ?? '', controller: true };
}

const selector = ({ metadata }: Greeting) => ({
  'app.kubernetes.io/name': 'hello-server',
  'app.kubernetes.io/instance': metadata.name,
});

const metadata = (greeting: Greeting, namespace: string) => ({
  name: greeting.metadata.name,
  namespace,
  labels: { ...selector(greeting), ...madeHere, 'app.kubernetes.io/part-of': 'greeting-solution' },
  ownerReferences: [ownerOf(greeting)],
});

function page(greeting: Greeting, namespace: string) {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: metadata(greeting, namespace),
    data: { 'index.html': html(greeting.spec.text) },
  };
}

function server(greeting: Greeting, image: string, namespace: string) {
  // A new text is a new template, so that new pods with the new page come.
  const annotations = { [`${group}/page`]: createHash('sha256').update(html(greeting.spec.text)).digest('hex') };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(greeting, namespace),
    spec: {
      replicas: greeting.spec.replicas,
      selector: { matchLabels: selector(greeting) },
      template: {
        metadata: { labels: { ...selector(greeting), ...madeHere }, annotations },
        spec: {
          automountServiceAccountToken: false,
          securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
          containers: [
            {
              name: 'server',
              image,
              ports: [{ name: 'http', containerPort: port, protocol: 'TCP' }],
              readinessProbe: { httpGet: { path: '/', port: 'http', scheme: 'HTTP' } },
              resources: { requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '128Mi' } },
              securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
              volumeMounts: [{ name: 'page', mountPath: '/www', readOnly: true }],
            },
          ],
          volumes: [{ name: 'page', configMap: { name: greeting.metadata.name } }],
        },
      },
    },
  };
}

function service(greeting: Greeting, namespace: string) {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(greeting, namespace),
    spec: { selector: selector(greeting), ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }] },
  };
}

function html(text: string): string {
  const safe = text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
  return `<!doctype html>\n<meta charset="utf-8">\n<title>${safe}</title>\n<h1>${safe}</h1>\n`;
}
