/** RFC 1123, as k8s.io/apimachinery has it (pkg/util/validation, IsDNS1123Subdomain). */
export function isSubdomain(name: string): boolean {
  return name.length <= 253 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name);
}

/** IsDNS1123Label. */
export function isLabel(name: string): boolean {
  return name.length <= 63 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name);
}

/** The name of a Service: IsDNS1035Label. */
export function isServiceName(name: string): boolean {
  return name.length <= 63 && /^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(name);
}

/** The name of an admission webhook: IsFullyQualifiedName, three labels at least. */
export function isQualifiedName(name: string): boolean {
  return isSubdomain(name) && name.split('.').length > 2;
}
