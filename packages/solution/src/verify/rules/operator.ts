import { crdProblems } from '../../format/crd.ts';
import { crdsFolder, rolePath } from '../../format/layout.ts';
import type { Problem } from '../../format/problem.ts';
import { roleProblems } from '../../format/role.ts';
import type { Archive } from '../archive.ts';
import { readText } from '../archive.ts';
import type { Fault, Rule } from '../finding.ts';

const inCrds = (path: string): boolean => path.startsWith(`${crdsFolder}/`);

/** What MetalK8s applies when the Solution is deployed. */
export const operatorRules: readonly Rule[] = [
  crdRule(
    'INGOT_CRD_SUFFIX',
    'files of CRDs end in _crd.yaml',
    'MetalK8s looks for that suffix only and overlooks other files.',
  ),
  crdRule(
    'INGOT_CRD_JINJA',
    'CRDs have no braces that Jinja would take for its own',
    'Each file passes through Jinja before it is applied.',
  ),
  crdRule('INGOT_CRD_YAML', 'CRDs are YAML', 'MetalK8s cannot apply what it cannot read.'),
  crdRule(
    'INGOT_CRD_DOCUMENTS',
    'each file of CRDs has one document',
    'MetalK8s reads a single document and fails on a second.',
  ),
  crdRule(
    'INGOT_CRD_KIND',
    'files of CRDs hold CustomResourceDefinitions',
    'Kubernetes refuses others, or MetalK8s would apply what is not meant.',
  ),
  {
    id: 'crd-place',
    holds: `CRDs lie in ${crdsFolder}`,
    level: 'warning',
    reason: 'MetalK8s looks for them nowhere else.',
    remedy: `Move the file to ${crdsFolder}.`,
    *check({ tree }) {
      for (const { path, type } of tree.entries) {
        if (type !== 'directory' && path.endsWith('_crd.yaml') && !inCrds(path))
          yield { message: `${path} is overlooked`, path };
      }
    },
  },
  {
    id: 'role-present',
    holds: 'role.yaml is there',
    level: 'warning',
    reason: 'MetalK8s gives the operator the rights that stand in it; without the file it has none.',
    remedy: `Write the operator's Roles and ClusterRoles to ${rolePath}.`,
    check: ({ tree }) => (tree.isFile(rolePath) ? [] : [{ message: `there is no ${rolePath}` }]),
  },
  roleRule('INGOT_ROLE_YAML', 'role.yaml is YAML', 'The deployment of the operator fails otherwise.'),
  roleRule(
    'INGOT_ROLE_KIND',
    'role.yaml has Roles and ClusterRoles only',
    'MetalK8s refuses any other kind, and the deployment fails.',
  ),
  roleRule('INGOT_ROLE_NAME', 'the roles have names', 'MetalK8s binds each role by its name.'),
];

/** The rule that a problem's code stands for: INGOT_CRD_SUFFIX is `crd-suffix`. */
function ruleId(code: Problem['code']): string {
  return code
    .replace(/^[A-Z]+_/, '')
    .toLowerCase()
    .replaceAll('_', '-');
}

function crdRule(code: Problem['code'], holds: string, reason: string): Rule {
  return {
    id: ruleId(code),
    holds,
    level: 'error',
    reason,
    remedy: 'Correct the file.',
    async *check(archive) {
      for (const entry of archive.tree.entries) {
        if (!inCrds(entry.path) || !archive.tree.isFile(entry.path)) continue;
        yield* faults(
          await textProblems(archive, entry.path, (text) => crdProblems(entry.path, text), 'INGOT_CRD_YAML'),
          code,
          entry.path,
        );
      }
    },
  };
}

function roleRule(code: Problem['code'], holds: string, reason: string): Rule {
  return {
    id: ruleId(code),
    holds,
    level: 'error',
    reason,
    remedy: 'Correct the file.',
    async check(archive) {
      if (!archive.tree.isFile(rolePath)) return undefined;
      return faults(await textProblems(archive, rolePath, roleProblems, 'INGOT_ROLE_YAML'), code, rolePath);
    },
  };
}

const read = new WeakMap<Archive, Map<string, Promise<Problem[]>>>();

/** A file's problems, looked for once: the rules that they belong to ask one after the other. */
function textProblems(
  archive: Archive,
  path: string,
  check: (text: string) => Problem[],
  unreadable: Problem['code'],
): Promise<Problem[]> {
  const known = read.get(archive) ?? new Map<string, Promise<Problem[]>>();
  read.set(archive, known);
  const problems = known.get(path) ?? readAndCheck(archive, path, check, unreadable);
  known.set(path, problems);
  return problems;
}

async function readAndCheck(
  { tree, contents }: Archive,
  path: string,
  check: (text: string) => Problem[],
  unreadable: Problem['code'],
): Promise<Problem[]> {
  const entry = tree.resolve(path);
  // What is not applied is judged by its name alone.
  if (entry === undefined || (inCrds(path) && !path.endsWith('_crd.yaml'))) return check('');
  const text = await readText(contents, entry);
  return 'text' in text ? check(text.text) : [{ code: unreadable, message: text.problem, help: 'Replace the file.' }];
}

function faults(problems: readonly Problem[], code: Problem['code'], path: string): Fault[] {
  return problems
    .filter((problem) => problem.code === code)
    .map(({ message, help, line }) => ({
      message: `${path}${line === undefined ? '' : `:${line}`}: ${message}`,
      remedy: help,
      path,
    }));
}
