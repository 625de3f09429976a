/* replay.h - what the audit log tells is done once more on an empty index, in its order and at its
 * times, with no letter and no word to a server. */
#ifndef REPLAY_H
#define REPLAY_H

#include "run/walk.h"
#include "store/rebuild.h"

struct replay_facts {
    size_t cases, messages; /* that are in the index again */
    size_t erased; /* cases that were erased before, and stay so */
    size_t fresh; /* messages without a record: work for the next run */
    size_t quiet; /* messages whose record may be among the lost ones: filed without a letter */
    size_t unreadable; /* messages that were read then and cannot be now; a person looks */
    size_t gone; /* messages that are not in the vault any more */
    size_t damaged; /* vault files whose label cannot be read */
    size_t decisions, refused; /* repeated; could not be */
    size_t texts; /* notes, edited texts and letters whose text is lost */
    size_t letters, unknown; /* known again; of which it is not known whether they went */
};

/*
 * The office of the hall's desk has the store of rebuild_begin, whose facts are log. What could
 * not be restored is logged, each thing once. Fails with ERR_RUN for the disk and the keys.
 */
bool replay_all(struct hall *hall, const struct rebuild_facts *log, struct replay_facts *facts,
    struct err *err) MUST_USE;

#endif
