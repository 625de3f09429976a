/*
 * mapguard.h - an index that cannot be read ends the program in words, not in a signal. For store/
 * only.
 *
 * LMDB reads through a map of its file: where the disk fails or the file was cut, the kernel
 * answers with SIGBUS, and where a page makes no sense LMDB gives up. Both end the program here
 * with exit code 74 (EX_IOERR) and one line on standard error that names the place and what to do.
 * Nothing is lost by it: what was acknowledged is on the disk, and an open step never happened.
 */
#ifndef MAPGUARD_H
#define MAPGUARD_H

/* From here on until as many mapguard_end; path is the folder of the index, copied. */
void mapguard_begin(const char *path);
void mapguard_end(void);

_Noreturn void mapguard_give_up(void); /* for LMDB's own checks */

#endif
