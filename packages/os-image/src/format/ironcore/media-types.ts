/** ironcore-image, image.go. What it writes today; `legacy` is what it reads as well. */
export const ironcore = {
  config: 'application/vnd.ironcore.image.config.v1+json',
  rootfs: 'application/vnd.ironcore.image.rootfs',
  initramfs: 'application/vnd.ironcore.image.initramfs',
  kernel: 'application/vnd.ironcore.image.kernel',
  squashfs: 'application/vnd.ironcore.image.squashfs',
  uki: 'application/vnd.ironcore.image.uki',
  iso: 'application/vnd.ironcore.image.iso',
} as const;

export const legacy = {
  config: 'application/vnd.ironcore.image.config.v1alpha1+json',
  rootfs: 'application/vnd.ironcore.image.rootfs.v1alpha1.rootfs',
  initramfs: 'application/vnd.ironcore.image.initramfs.v1alpha1.initramfs',
  kernel: 'application/vnd.ironcore.image.vmlinuz.v1alpha1.vmlinuz',
  squashfs: 'application/vnd.ironcore.image.squashfs.v1alpha1.squashfs',
} as const;
