/* What may leave a sandbox by its cable: the public internet and the host's name servers. */
#ifndef HEARTH_FIREWALL_H
#define HEARTH_FIREWALL_H

/* Loads the rules of this launcher through `nft`, and lets the host forward; 0 or -1. */
int firewall_install(unsigned number);
void firewall_remove(unsigned number);

#endif
