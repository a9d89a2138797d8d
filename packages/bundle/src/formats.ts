/** plain: rukpak's plain+v0. registry: registry+v1, of rukpak and OLM. helm: rukpak's helm+v3. */
export type BundleFormat = 'plain' | 'registry' | 'helm';

export const bundleFormats: readonly BundleFormat[] = ['plain', 'registry', 'helm'];

/** Who unpacks it: rukpak's provisioners, or OLM v1 (operator-controller), which takes registry+v1 alone. */
export type Consumer = 'rukpak' | 'olm';

export const consumers: readonly Consumer[] = ['rukpak', 'olm'];

/** Who unpacks a format where nobody says it. */
export function consumersOf(format: BundleFormat): readonly Consumer[] {
  return format === 'registry' ? consumers : ['rukpak'];
}
