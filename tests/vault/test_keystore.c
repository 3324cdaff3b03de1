/* The key store: two files that agree, or a vault that does not open and says which to keep. */
#include "vault_fixture.h"

#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

static void copy(const char *from, const char *to)
{
    char command[300];
    snprintf(command, sizeof command, "cp -p '%s' '%s'", from, to);
    assert_int_equal(system(command), 0);
}

static void refuses(struct fixture *f, const char *sentence)
{
    fixture_open(f);
    assert_null(f->vault);
    if (!strstr(f->problem, sentence))
        fail_msg("\"%s\" does not say \"%s\"", f->problem, sentence);
}

static void a_key_outlives_the_process(void **state)
{
    struct fixture *f = *state;
    assert_false(vault_person_exists(f->vault, 7));
    assert_true(vault_person_create(f->vault, 7));
    assert_true(vault_person_create(f->vault, 7)); /* again: the same key */
    struct bytes sealed = vault_seal(f->vault, 7, FIELD_MEMBER_NAME, bytes_of_text("Ada"), f->arena);
    fixture_close(f);
    fixture_open(f);
    assert_non_null(f->vault);
    struct bytes text = vault_unseal(f->vault, 7, FIELD_MEMBER_NAME, sealed, f->arena);
    assert_true(bytes_equal(text, bytes_of_text("Ada")));
}

static void a_dropped_person_is_nobody_for_ever(void **state)
{
    struct fixture *f = *state;
    int64_t ids[4];
    assert_true(vault_person_create(f->vault, 7));
    assert_true(vault_person_create(f->vault, 8));
    struct bytes sealed = vault_seal(f->vault, 7, FIELD_MEMBER_NAME, bytes_of_text("Ada"), f->arena);
    vault_person_drop(f->vault, 7);
    assert_false(vault_person_exists(f->vault, 7));
    assert_null(vault_unseal(f->vault, 7, FIELD_MEMBER_NAME, sealed, f->arena).data);
    assert_false(vault_person_create(f->vault, 7));
    assert_int_equal(vault_person_list(f->vault, 0, ids, 4), 1);
    assert_int_equal(ids[0], 8);
    fixture_close(f);
    fixture_open(f);
    assert_non_null(f->vault);
    assert_false(vault_person_exists(f->vault, 7));
}

static void lists_persons_in_pages(void **state)
{
    struct fixture *f = *state;
    int64_t ids[2];
    for (int64_t id = 1; id <= 5; id++)
        assert_true(vault_person_create(f->vault, id * 100));
    assert_int_equal(vault_person_list(f->vault, 0, ids, 2), 2);
    assert_int_equal(ids[1], 200);
    assert_int_equal(vault_person_list(f->vault, 400, ids, 2), 1);
    assert_int_equal(ids[0], 500);
}

/* One file is written by another process for as long as all keys take: nobody is missing, and nobody waits. */
static void lists_from_the_file_that_nobody_writes(void **state)
{
    struct fixture *f = *state;
    const char *const files[] = { f->file, f->mirror };
    int64_t ids[4];

    assert_true(vault_person_create(f->vault, 7));
    assert_true(vault_person_create(f->vault, 8));
    vault_person_drop(f->vault, 7);
    for (size_t i = 0; i < 2; i++) {
        sqlite3 *other = NULL;

        assert_int_equal(sqlite3_open(files[i], &other), SQLITE_OK);
        assert_int_equal(sqlite3_exec(other, "BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
        assert_int_equal(vault_person_list_dropped(f->vault, 0, ids, 4), 1);
        assert_int_equal(ids[0], 7);
        assert_int_equal(vault_person_list(f->vault, 0, ids, 4), 1);
        assert_int_equal(ids[0], 8);
        sqlite3_close(other);
    }
}

/* What a kill between the two writes leaves, either way round. */
static void one_change_apart_catches_up(void **state)
{
    struct fixture *f = *state;
    char old[140];
    snprintf(old, sizeof old, "%s.old", f->file);
    const char *const behind[] = { f->mirror, f->file };
    for (int64_t i = 0; i < 2; i++) {
        assert_true(vault_person_create(f->vault, 10 * i + 1));
        copy(behind[i], old);
        assert_true(vault_person_create(f->vault, 10 * i + 2));
        fixture_close(f);
        copy(old, behind[i]);
        fixture_open(f);
        assert_non_null(f->vault);
        assert_true(vault_person_exists(f->vault, 10 * i + 2));
        fixture_close(f);
        copy(behind[i], i ? f->mirror : f->file); /* it holds all: it does as either */
        fixture_open(f);
        assert_non_null(f->vault);
        assert_true(vault_person_exists(f->vault, 10 * i + 2));
    }
    unlink(old);
}

static void a_drop_is_caught_up_with_too(void **state)
{
    struct fixture *f = *state;
    char old[140];
    snprintf(old, sizeof old, "%s.old", f->file);
    assert_true(vault_person_create(f->vault, 1));
    copy(f->mirror, old);
    vault_person_drop(f->vault, 1);
    fixture_close(f);
    copy(old, f->mirror);
    fixture_open(f);
    assert_non_null(f->vault);
    fixture_close(f);
    copy(f->mirror, f->file);
    fixture_open(f);
    assert_false(vault_person_exists(f->vault, 1));
}

static void names_the_newer_when_more_apart(void **state)
{
    struct fixture *f = *state;
    char old[140], says[300];
    snprintf(old, sizeof old, "%s.old", f->file);
    copy(f->mirror, old);
    assert_true(vault_person_create(f->vault, 1));
    assert_true(vault_person_create(f->vault, 2));
    fixture_close(f);

    copy(old, f->mirror);
    snprintf(says, sizeof says, "%s is newer than %s (change 2 against 0)", f->file, f->mirror);
    refuses(f, says);
    copy(f->file, f->mirror);
    copy(old, f->file);
    snprintf(says, sizeof says, "%s is newer than %s", f->mirror, f->file);
    refuses(f, says);
    copy(f->mirror, f->file);
    fixture_open(f);
    assert_non_null(f->vault);
    assert_true(vault_person_exists(f->vault, 2));
}

static void refuses_two_files_that_went_separate_ways(void **state)
{
    struct fixture *f = *state;
    char old[140], one[140];
    snprintf(old, sizeof old, "%s.old", f->file);
    snprintf(one, sizeof one, "%s.one", f->file);
    copy(f->file, old);
    assert_true(vault_person_create(f->vault, 1));
    fixture_close(f);
    copy(f->mirror, one);
    copy(old, f->file);
    copy(old, f->mirror);
    fixture_open(f);
    assert_non_null(f->vault);
    assert_true(vault_person_create(f->vault, 2));
    fixture_close(f);
    copy(one, f->mirror);
    refuses(f, "went separate ways");
}

static void refuses_another_vaults_mirror(void **state)
{
    struct fixture *f = *state;
    void *begun = NULL;
    assert_int_equal(fixture_begin(&begun), 0);
    const struct fixture *other = begun;
    fixture_close(f);
    copy(other->mirror, f->mirror);
    refuses(f, "the mirror of another vault");
    fixture_end(&begun);
}

static void overwrite(const char *path, long at, const char *bytes)
{
    int fd = open(path, O_WRONLY);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, bytes, strlen(bytes), at), (ssize_t)strlen(bytes));
    close(fd);
}

static void names_the_damaged_one(void **state)
{
    struct fixture *f = *state;
    const char *const damaged[] = { f->file, f->mirror };
    char old[140], says[400];
    snprintf(old, sizeof old, "%s.old", f->file);
    assert_true(vault_person_create(f->vault, 0x0102030405));
    fixture_close(f);
    for (int i = 0; i < 2; i++) {
        const char *whole = damaged[!i];
        copy(damaged[i], old);

        overwrite(damaged[i], 0, "no SQLite file at all");
        snprintf(says, sizeof says, "%s is whole", whole);
        refuses(f, says);
        copy(old, damaged[i]);

        assert_int_equal(truncate(damaged[i], 5000), 0);
        refuses(f, says);
        copy(old, damaged[i]);

        /* Bytes that the disk forgot, in the key: SQLite does not see it, the two files do. The only person's row
         * stands at the end of the last page. */
        struct stat status;
        assert_int_equal(stat(damaged[i], &status), 0);
        overwrite(damaged[i], status.st_size - 20, "xyz");
        snprintf(says, sizeof says, "%s is damaged, %s is whole", damaged[i], whole);
        refuses(f, says);
        copy(old, damaged[i]);

        unlink(damaged[i]);
        snprintf(says, sizeof says, "%s is whole", whole);
        refuses(f, says);
        copy(old, damaged[i]);
    }
    fixture_open(f);
    assert_non_null(f->vault);
}

static void refuses_what_others_can_read(void **state)
{
    struct fixture *f = *state;
    static const char *const names[] = { "pepper.key", "blind.key",   "token.key",   "epoch-1.key",
                                         "sign.key",   "keys.sqlite", "keys.mirror", "ca.key" };
    fixture_close(f);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[140];
        snprintf(path, sizeof path, "%s/%s", f->directory, names[i]);
        assert_int_equal(chmod(path, 0644), 0);
        refuses(f, "can be read by others");
        assert_non_null(strstr(f->problem, names[i]));
        assert_int_equal(chmod(path, 0600), 0);
    }
    assert_int_equal(chmod(f->directory, 0777), 0);
    refuses(f, "others can write into the vault");
    assert_int_equal(chmod(f->directory, 0700), 0);
    fixture_open(f);
    assert_non_null(f->vault);
}

static void never_makes_a_vault_over_another(void **state)
{
    struct fixture *f = *state;
    assert_true(vault_person_create(f->vault, 1));
    assert_false(vault_create(f->directory, "", "Another", system_entropy(), system_clock(), &f->problem));
    assert_non_null(strstr(f->problem, "not empty"));
    assert_true(vault_person_exists(f->vault, 1));
}

static bool is_there(const struct fixture *f, const char *name)
{
    char path[140];
    snprintf(path, sizeof path, "%s/%s", f->directory, name);
    return access(path, F_OK) == 0;
}

static void erase(struct fixture *f, int64_t id)
{
    assert_true(vault_person_erase(f->vault, &id, 1));
}

static void an_erasure_ends_an_epoch_and_nobody_elses_key(void **state)
{
    struct fixture *f = *state;
    int64_t ids[4];
    for (int64_t id = 1; id <= 3; id++)
        assert_true(vault_person_create(f->vault, id));
    struct bytes gone = vault_seal(f->vault, 2, FIELD_MEMBER_NAME, bytes_of_text("Ada"), f->arena);
    struct bytes kept = vault_seal(f->vault, 3, FIELD_MEMBER_NAME, bytes_of_text("Bea"), f->arena);
    for (int round = 0; round < 2; round++) { /* once more changes nothing but the epoch */
        erase(f, 2);
        assert_false(vault_person_exists(f->vault, 2));
        assert_false(vault_person_create(f->vault, 2));
        assert_null(vault_unseal(f->vault, 2, FIELD_MEMBER_NAME, gone, f->arena).data);
        assert_true(bytes_equal(vault_unseal(f->vault, 3, FIELD_MEMBER_NAME, kept, f->arena), bytes_of_text("Bea")));
        assert_int_equal(vault_person_list_dropped(f->vault, 0, ids, 4), 1);
        assert_int_equal(ids[0], 2);
        assert_int_equal(vault_person_list(f->vault, 0, ids, 4), 2);
        fixture_close(f);
        fixture_open(f);
        assert_non_null(f->vault);
    }
    assert_false(is_there(f, "epoch-1.key"));
    assert_false(is_there(f, "epoch-2.key"));
    assert_true(is_there(f, "epoch-3.key"));
    assert_true(vault_person_create(f->vault, 4));
    assert_true(vault_person_exists(f->vault, 4));
}

/* Beside the open vault, as a disk does it. */
static void damage(const char *path, const char *which)
{
    char sql[200];
    sqlite3 *other = NULL;
    assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
    snprintf(sql, sizeof sql, "UPDATE person SET wrapped = zeroblob(length(wrapped)) WHERE %s", which);
    assert_int_equal(sqlite3_exec(other, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(other);
}

static void a_key_that_does_not_open_keeps_nobody_elses_erasure_waiting(void **state)
{
    struct fixture *f = *state;
    for (int64_t id = 1; id <= 6; id++)
        assert_true(vault_person_create(f->vault, id));
    struct bytes sealed = vault_seal(f->vault, 4, FIELD_MEMBER_NAME, bytes_of_text("Ada"), f->arena);
    damage(f->file, "id = 3");
    damage(f->mirror, "id = 3");
    damage(f->file, "id = 4"); /* the other file has it whole */
    damage(f->mirror, "id = 5");
    assert_int_equal(vault_persons_lost(f->vault), 0);
    for (int64_t id = 1; id <= 2; id++) {
        erase(f, id);
        assert_false(vault_person_exists(f->vault, id));
        assert_int_equal(vault_persons_lost(f->vault), 1);
        assert_false(vault_person_exists(f->vault, 3));
        assert_true(vault_person_exists(f->vault, 5) && vault_person_exists(f->vault, 6));
        assert_true(bytes_equal(vault_unseal(f->vault, 4, FIELD_MEMBER_NAME, sealed, f->arena), bytes_of_text("Ada")));
        fixture_close(f);
        fixture_open(f);
        assert_non_null(f->vault);
    }
    assert_false(is_there(f, "epoch-1.key"));
    int64_t ids[4];
    assert_int_equal(vault_person_list_dropped(f->vault, 0, ids, 4), 2); /* it is no member's who was erased */
    assert_false(vault_person_create(f->vault, 3));
    erase(f, 3);
    assert_int_equal(vault_persons_lost(f->vault), 0);
}

/* Then it is not the rows that are damaged, but what they are wrapped under: nothing is thrown away. */
static void where_no_key_opens_nothing_is_given_up(void **state)
{
    struct fixture *f = *state;
    for (int64_t id = 1; id <= 3; id++)
        assert_true(vault_person_create(f->vault, id));
    damage(f->file, "true");
    damage(f->mirror, "true");
    assert_false(vault_person_erase(f->vault, &(int64_t){ 1 }, 1));
    assert_true(is_there(f, "epoch-1.key"));
    assert_int_equal(vault_persons_lost(f->vault), 0);
}

/* What a kill between the two files leaves, either way round: keys of two epochs, and one file one change behind. */
static void an_erasure_that_was_cut_short_is_ended_at_the_next_opening(void **state)
{
    struct fixture *f = *state;
    const char *const behind[] = { f->mirror, f->file };
    char old[140], epoch[140], kept_epoch[140], name[32];
    snprintf(old, sizeof old, "%s.old", f->file);
    snprintf(kept_epoch, sizeof kept_epoch, "%s/kept", f->directory);
    for (int64_t id = 1; id <= 50; id++)
        assert_true(vault_person_create(f->vault, id));
    struct bytes sealed = vault_seal(f->vault, 50, FIELD_MEMBER_NAME, bytes_of_text("Ada"), f->arena);
    for (int i = 0; i < 2; i++) {
        snprintf(epoch, sizeof epoch, "%s/epoch-%d.key", f->directory, i + 1);
        copy(epoch, kept_epoch);
        copy(behind[i], old);
        assert_true(vault_person_erase(f->vault, NULL, 0));
        fixture_close(f);
        copy(old, behind[i]);
        copy(kept_epoch, epoch);
        fixture_open(f);
        assert_non_null(f->vault);
        assert_true(bytes_equal(vault_unseal(f->vault, 50, FIELD_MEMBER_NAME, sealed, f->arena), bytes_of_text("Ada")));
        snprintf(name, sizeof name, "epoch-%d.key", i + 1);
        assert_false(is_there(f, name));
    }
    fixture_close(f);
    copy(f->mirror, f->file);
    fixture_open(f);
    assert_true(vault_person_exists(f->vault, 1));
    unlink(old);
    unlink(kept_epoch);
}

/* A new epoch's key is made, and nothing is wrapped under it yet. */
static void a_key_of_a_new_epoch_alone_is_taken_into_use(void **state)
{
    struct fixture *f = *state;
    char first[140], second[140];
    snprintf(first, sizeof first, "%s/epoch-1.key", f->directory);
    snprintf(second, sizeof second, "%s/epoch-2.key", f->directory);
    assert_true(vault_person_create(f->vault, 1));
    copy(f->file, second); /* 32 bytes of anything are a key */
    assert_int_equal(truncate(second, 32), 0);
    assert_true(vault_person_create(f->vault, 2)); /* a change ends it, too */
    assert_int_equal(access(first, F_OK), -1);
    assert_true(vault_person_exists(f->vault, 1) && vault_person_exists(f->vault, 2));
    fixture_close(f);
    fixture_open(f);
    assert_non_null(f->vault);
    assert_true(vault_person_exists(f->vault, 1) && vault_person_exists(f->vault, 2));
}

static void without_any_epochs_key_it_does_not_open(void **state)
{
    struct fixture *f = *state;
    char path[140];
    fixture_close(f);
    snprintf(path, sizeof path, "%s/epoch-1.key", f->directory);
    unlink(path);
    refuses(f, "there is no epoch key");
}

static void *look_at_fifty(void *argument)
{
    struct fixture *f = argument;
    for (int round = 0; round < 200; round++)
        if (!vault_person_exists(f->vault, 1 + round % 50))
            return NULL;
    return f;
}

/* Another process reads, and makes persons, while epochs come and go. */
static void nobody_is_missed_while_epochs_end(void **state)
{
    struct fixture *f = *state, second = *f;
    pthread_t reader;
    void *done;
    for (int64_t id = 1; id <= 50; id++)
        assert_true(vault_person_create(f->vault, id));
    fixture_open(&second);
    assert_non_null(second.vault);
    assert_int_equal(pthread_create(&reader, NULL, look_at_fifty, &second), 0);
    for (int64_t round = 0; round < 10; round++) {
        erase(f, 1000 + round);
        assert_true(vault_person_create(second.vault, 2000 + round));
        assert_true(vault_person_exists(f->vault, 2000 + round));
    }
    assert_int_equal(pthread_join(reader, &done), 0);
    assert_non_null(done);
    fixture_close(&second);
}

static void *make_fifty(void *argument)
{
    struct fixture *f = argument;
    for (int64_t id = 1; id <= 50; id++)
        if (!vault_person_create(f->vault, 1000 + id))
            return NULL;
    return f;
}

/* Two threads and another opening of the same vault, as a second server process has it, make the same persons. */
static void many_at_once_leave_one_key_each(void **state)
{
    struct fixture *f = *state, second = *f;
    pthread_t threads[2];
    int64_t ids[100];
    void *done;
    fixture_open(&second);
    assert_non_null(second.vault);
    assert_int_equal(pthread_create(&threads[0], NULL, make_fifty, f), 0);
    assert_int_equal(pthread_create(&threads[1], NULL, make_fifty, &second), 0);
    for (int i = 0; i < 200; i++) /* readers all the while */
        vault_person_exists(f->vault, 1000 + i % 50);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(pthread_join(threads[i], &done), 0);
        assert_non_null(done);
    }
    assert_int_equal(vault_person_list(f->vault, 0, ids, 100), 50);
    struct bytes sealed = vault_seal(f->vault, 1001, FIELD_MEMBER_NAME, bytes_of_text("Ada"), f->arena);
    assert_non_null(vault_unseal(second.vault, 1001, FIELD_MEMBER_NAME, sealed, f->arena).data);
    fixture_close(&second);
    fixture_close(f);
    fixture_open(f);
    assert_non_null(f->vault);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        VAULT_TEST(a_key_outlives_the_process),
        VAULT_TEST(a_dropped_person_is_nobody_for_ever),
        VAULT_TEST(lists_persons_in_pages),
        VAULT_TEST(lists_from_the_file_that_nobody_writes),
        VAULT_TEST(one_change_apart_catches_up),
        VAULT_TEST(a_drop_is_caught_up_with_too),
        VAULT_TEST(names_the_newer_when_more_apart),
        VAULT_TEST(refuses_two_files_that_went_separate_ways),
        VAULT_TEST(refuses_another_vaults_mirror),
        VAULT_TEST(names_the_damaged_one),
        VAULT_TEST(refuses_what_others_can_read),
        VAULT_TEST(never_makes_a_vault_over_another),
        VAULT_TEST(many_at_once_leave_one_key_each),
        VAULT_TEST(an_erasure_ends_an_epoch_and_nobody_elses_key),
        VAULT_TEST(a_key_that_does_not_open_keeps_nobody_elses_erasure_waiting),
        VAULT_TEST(where_no_key_opens_nothing_is_given_up),
        VAULT_TEST(an_erasure_that_was_cut_short_is_ended_at_the_next_opening),
        VAULT_TEST(a_key_of_a_new_epoch_alone_is_taken_into_use),
        VAULT_TEST(without_any_epochs_key_it_does_not_open),
        VAULT_TEST(nobody_is_missed_while_epochs_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
