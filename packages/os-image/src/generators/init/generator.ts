import { initGenerator } from '@ingot/workspace/generators';

/** Registers the plugins. Images of containers and of systems meet: `container` makes one that image.yaml takes. */
export default initGenerator('@ingot/os-image', ['@ingot/oci/plugin', '@ingot/os-image/plugin']);
