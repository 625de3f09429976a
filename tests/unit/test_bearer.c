#include "lib/rows.h"
#include "tls/bearer.h"

static void writes_the_message_of_rfc_7628(void **state)
{
    AUTO(arena_free) struct arena *arena = arena_new();
    struct server_settings server = { .host = "server.example.com", .port = 143 };

    (void)state;
    /* Section 4.1 */
    server.user = "user@example.com";
    row_text("example",
        bearer_message(&server, "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==", arena),
        "bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9MTQzAWF1dGg9QmVhcmVyI"
        "HZGOWRmdDRxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB");
    server.user = "a,b=c@d.example";
    row_text("comma and equals sign in a name", bearer_message(&server, "tok", arena),
        "bixhPWE9MkNiPTNEY0BkLmV4YW1wbGUsAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9MTQzAWF1dGg9QmVhcm"
        "VyIHRvawEB");
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(writes_the_message_of_rfc_7628) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
