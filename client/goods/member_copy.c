#include "client/goods/member_copy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/wire/json.h"

#define HEAD       "{\"caroline_export\":1,\"pages\":[\n"
#define BEFORE     "{\"seal\":\"%.*s\",\"page\":"
#define SEAL_BYTES 400 /* as the contract has it */
#define TAIL       "]}\n"

struct member_copy_page {
    struct member_copy_page *next;
    size_t size;
    char text[];
};

bool member_copy_add(struct member_copy *copy, const Caroline__V1__MemberExported *page)
{
    Caroline__V1__MemberExported bare = *page;
    char before[sizeof BEFORE + SEAL_BYTES];

    bare.has_seal = false;
    int seal_size = page->has_seal ? (int)page->seal.len : 0;
    size_t begin = (size_t)snprintf(before, sizeof before, BEFORE, seal_size, (const char *)page->seal.data);
    size_t size = json_size(&bare.base);
    struct member_copy_page *added = malloc(sizeof *added + begin + size + 1);
    if (!added)
        return false;
    memcpy(added->text, before, begin);
    json_write(&bare.base, added->text + begin);
    added->text[begin + size] = '}';
    added->size = begin + size + 1;
    added->next = NULL;
    if (copy->last)
        copy->last->next = added;
    else
        copy->first = added;
    copy->last = added;
    copy->size += added->size + 2;
    return true;
}

char *member_copy_whole(const struct member_copy *copy)
{
    char *whole = malloc(sizeof HEAD + copy->size + sizeof TAIL), *at = whole;

    if (!whole)
        return NULL;
    at = stpcpy(at, HEAD);
    for (const struct member_copy_page *page = copy->first; page; page = page->next) {
        memcpy(at, page->text, page->size);
        at = stpcpy(at + page->size, page->next ? ",\n" : "\n");
    }
    memcpy(at, TAIL, sizeof TAIL);
    return whole;
}

void member_copy_fini(struct member_copy *copy)
{
    while (copy->first) {
        struct member_copy_page *page = copy->first;

        copy->first = page->next;
        explicit_bzero(page, sizeof *page + page->size);
        free(page);
    }
    *copy = (struct member_copy){ 0 };
}
