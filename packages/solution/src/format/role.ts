import { show } from './problem.ts';
import { field, yamlDocuments } from './yaml-text.ts';
import type { Problem } from './problem.ts';

const kinds = ['Role', 'ClusterRole'];
const apiVersion = 'rbac.authorization.k8s.io/v1';

/**
 * operator/deploy/role.yaml: any number of documents, each a named Role or ClusterRole
 * (metalk8s_solutions.py operator_roles_from_manifest; empty documents are passed over).
 * Problems: INGOT_ROLE_YAML, INGOT_ROLE_KIND, INGOT_ROLE_NAME.
 */
export function roleProblems(text: string): Problem[] {
  const documents = yamlDocuments(text, 'INGOT_ROLE_YAML', 'role.yaml');
  if ('problem' in documents) return [documents.problem];
  return documents.values.flatMap((value, index) => (value ? documentProblems(value, index + 1) : []));
}

function documentProblems(value: unknown, number: number): Problem[] {
  const kind = field(value, 'kind');
  const version = field(value, 'apiVersion');
  if (!kinds.includes(kind as string) || version !== apiVersion) {
    return [
      {
        code: 'INGOT_ROLE_KIND',
        message: `document ${number} of role.yaml is ${show(version)} ${show(kind)}; MetalK8s refuses all but Role and ClusterRole of ${apiVersion}`,
        help: 'MetalK8s makes the service account and the role bindings itself: leave them, and all else, out of role.yaml.',
      },
    ];
  }
  const name = field(value, 'metadata', 'name');
  if (typeof name === 'string' && name !== '') return [];
  return [
    {
      code: 'INGOT_ROLE_NAME',
      message: `the ${String(kind)} in document ${number} of role.yaml has no name`,
      help: 'Set metadata.name: MetalK8s binds each role by its name.',
    },
  ];
}
