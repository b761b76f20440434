/* The program executes from a sealed copy in memory. */
#pragma once

/*
 * Executes itself anew from a memfd that nobody can write to, unless it does already: a root inside may open the
 * file of PID 1 by /proc/1/exe before PID 1 has become the payload, or have it executed again (CVE-2019-5736). Returns
 * in the copy. Ends the start where that cannot be.
 */
void run_sealed(char **argv);
