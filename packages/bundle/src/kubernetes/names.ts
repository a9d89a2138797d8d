/** What the API server takes as an object's name: apimachinery pkg/util/validation and pkg/api/validation/path. */
type Form = 'subdomain' | 'label' | 'label1035' | 'segment' | 'none';

const forms = {
  subdomain: {
    pattern: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
    most: 253,
    rule: 'lower-case letters, digits, - and . (RFC 1123), at most 253 characters',
  },
  label: {
    pattern: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
    most: 63,
    rule: 'lower-case letters, digits and - (RFC 1123), at most 63 characters',
  },
  label1035: {
    pattern: /^[a-z]([-a-z0-9]*[a-z0-9])?$/,
    most: 63,
    rule: 'lower-case letters, digits and -, a letter first (RFC 1035), at most 63 characters',
  },
  segment: { pattern: /^(?!\.{1,2}$)[^/%]+$/, most: Infinity, rule: 'no slash, no percent sign, not . or ..' },
  none: { pattern: /^/, most: Infinity, rule: '' },
} as const;

/** By `group/kind`; what is not here, custom resources as well, takes a subdomain. */
const byKind: Readonly<Record<string, Form>> = {
  '/Namespace': 'label',
  '/Service': 'label1035',
  'rbac.authorization.k8s.io/Role': 'segment',
  'rbac.authorization.k8s.io/RoleBinding': 'segment',
  'rbac.authorization.k8s.io/ClusterRole': 'segment',
  'rbac.authorization.k8s.io/ClusterRoleBinding': 'segment',
  // Neither rukpak nor OLM v1 makes it an object of the cluster.
  'operators.coreos.com/ClusterServiceVersion': 'none',
  'networking.k8s.io/IPAddress': 'none',
  'certificates.k8s.io/ClusterTrustBundle': 'none',
};

/** Of kinds whose objects' names become parts of others: the API server's own limits. */
const shorter: Readonly<Record<string, number>> = {
  // Its jobs have eleven characters more (pkg/apis/batch/validation, ValidateCronJobCreate).
  'batch/CronJob': 52,
};

/** Why an object cannot have this name; undefined where it can. `group` is empty for the core's kinds. */
export function nameProblem(group: string, kind: string, name: string): string | undefined {
  const key = `${group}/${kind}`;
  const { pattern, most, rule } = forms[Object.hasOwn(byKind, key) ? (byKind[key] ?? 'subdomain') : 'subdomain'];
  if (name.length > most || !pattern.test(name)) return `${kind} takes ${rule}`;
  const limit = Object.hasOwn(shorter, key) ? (shorter[key] ?? most) : most;
  return name.length > limit ? `${kind} takes at most ${limit} characters` : undefined;
}

/** RFC 1123: `kube-system`. */
export function isLabel(text: string): boolean {
  return text.length <= forms.label.most && forms.label.pattern.test(text);
}

/** RFC 1035: as a label, and begins with a letter. */
export function isLabel1035(text: string): boolean {
  return text.length <= forms.label1035.most && forms.label1035.pattern.test(text);
}

/** RFC 1123: labels with dots between. */
export function isSubdomain(text: string): boolean {
  return text.length <= forms.subdomain.most && forms.subdomain.pattern.test(text);
}

const qualified = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;

/** `example.com/name` or `name`: keys of labels and annotations (IsQualifiedName; annotations' in lower case). */
export function isQualifiedName(text: string): boolean {
  const parts = text.split('/');
  const name = parts.at(-1) ?? '';
  if (parts.length > 2 || name.length > 63 || !qualified.test(name)) return false;
  return parts.length === 1 || isSubdomain(parts[0] ?? '');
}

/** The value of a label: IsValidLabelValue. */
export function isLabelValue(text: string): boolean {
  return text.length <= 63 && (text === '' || qualified.test(text));
}
