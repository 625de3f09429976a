/* stub.h - what is kept of a case outside its file, and stays when it is erased: nothing personal.
 */
#ifndef STUB_H
#define STUB_H

#include "cases/case.h"

struct case_stub {
    const char *number;
    enum case_state state;
    int64_t received_at, state_at, changed_at, confirmed_at, fixed_at, closed_at;
    struct clock clocks[CLOCK_KINDS];
    enum case_breach breach;
    enum case_ibd ibd;
    const char *severity;
    int severity_tenths;
    enum case_level chance, damage;
    const char *weakness; /* a word of facts.c */
    int messages;
    bool apart; /* it named another case without a right to */
    int64_t due_at; /* of its row among the due times; 0 for none */
};

void stub_of(const struct case_file *file, struct case_stub *stub);

bool stub_to_json(
    const struct case_stub *stub, struct arena *arena, struct span *json, struct err *err) MUST_USE;
bool stub_from_json(
    struct span json, struct arena *arena, struct case_stub *stub, struct err *err) MUST_USE;

#endif
