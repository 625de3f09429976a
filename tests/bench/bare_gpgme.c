/* The peer of `meldpost process`: threads that only decrypt and verify files with gpgme, nothing
 * else. usage: bare_gpgme HOME THREADS FILE…; prints how many were opened. */
#include <gpgme.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

static char **files;
static const char *home;
static int count;
static atomic_int next, opened;

static void *work(void *unused)
{
    gpgme_ctx_t context;

    (void)unused;
    if (gpgme_new(&context) != 0
        || gpgme_ctx_set_engine_info(context, GPGME_PROTOCOL_OpenPGP, NULL, home) != 0)
        exit(1);
    gpgme_set_offline(context, 1);
    for (int i = next++; i < count; i = next++) {
        gpgme_data_t in, out;

        if (gpgme_data_new_from_file(&in, files[i], 1) != 0 || gpgme_data_new(&out) != 0)
            exit(1);
        if (gpgme_op_decrypt_ext(context, GPGME_DECRYPT_VERIFY, in, out) == 0
            && gpgme_op_verify_result(context)->signatures)
            opened++;
        gpgme_data_release(in);
        gpgme_data_release(out);
    }
    gpgme_release(context);
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t threads[16];
    int wanted = argc > 2 ? atoi(argv[2]) : 0;

    if (argc < 4 || wanted < 1 || wanted > 16)
        return 64;
    home = argv[1];
    files = argv + 3;
    count = argc - 3;
    gpgme_check_version(NULL);
    for (int i = 0; i < wanted; i++)
        pthread_create(&threads[i], NULL, work, NULL);
    for (int i = 0; i < wanted; i++)
        pthread_join(threads[i], NULL);
    printf("%d\n", (int)opened);
    return 0;
}
