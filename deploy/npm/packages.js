/** The folders of the packages that are published, each after those that it imports. */
export const PACKAGES = ['src', 'libs/probes', 'libs/health', 'libs/heartbeat', 'libs/provider-health'];
