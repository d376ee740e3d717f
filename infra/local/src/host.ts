/**
 * Hosts several services in one process, to save memory on one machine. Each service's main starts itself when it is
 * imported; nothing here knows what they do.
 */
for (const main of process.argv.slice(2)) await import(main);
