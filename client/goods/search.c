/* Finds products by any part of their names. The index is one text: all names, folded, a line each; a search runs over
 * it as memory is read, which a few megabytes allow at every key. */
#include "client/goods/search.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/text.h"

#define WORDS_MAX  8
#define WORD_BYTES 256

struct index {
    char *names; /* folded, each ended by a newline */
    size_t size, capacity;
    struct entry_at {
        int64_t id;
        size_t at; /* of its name */
    } * entries;
    size_t count, room;
};

struct search {
    struct index current, next;
    const struct catalogue *catalogue; /* being indexed; NULL: none */
    int64_t after_id;
    struct arena *arena;
};

static void *grown(void *array, size_t size)
{
    void *more = realloc(array, size);
    if (more == NULL)
        abort(); /* as the arenas do: a till without memory sells nothing */
    return more;
}

static void index_fini(struct index *index)
{
    free(index->names);
    free(index->entries);
    memset(index, 0, sizeof(*index));
}

struct search *search_create(void)
{
    struct search *search = grown(NULL, sizeof(*search));

    memset(search, 0, sizeof(*search));
    search->arena = arena_create(0);
    return search;
}

void search_destroy(struct search *search)
{
    if (search == NULL)
        return;
    index_fini(&search->current);
    index_fini(&search->next);
    arena_destroy(search->arena);
    free(search);
}

void search_begin(struct search *search, const struct catalogue *catalogue)
{
    index_fini(&search->next);
    search->catalogue = catalogue;
    search->after_id = 0;
    if (catalogue == NULL)
        index_fini(&search->current);
}

static void index_reserve(struct index *index, size_t bytes)
{
    if (index->count == index->room) {
        index->room = index->room == 0 ? 1024 : index->room * 2;
        index->entries = grown(index->entries, index->room * sizeof(index->entries[0]));
    }
    if (index->size + bytes > index->capacity) {
        index->capacity = (index->capacity + bytes) * 2;
        index->names = grown(index->names, index->capacity);
    }
}

static void index_add(struct index *index, const struct product *product)
{
    const char *name = catalogue_folded_name(product);
    size_t size = strlen(name);

    index_reserve(index, size + 2);
    char *to = index->names + index->size;
    for (size_t i = 0; i < size; i++) /* a name of plain letters comes as it is */
        to[i] = (char)(name[i] >= 'A' && name[i] <= 'Z' ? name[i] + 32 : name[i]);
    to[size] = '\n';
    to[size + 1] = 0;
    index->entries[index->count++] = (struct entry_at){ .id = product->id, .at = index->size };
    index->size += size + 1;
}

bool search_step(struct search *search, size_t count)
{
    if (search->catalogue == NULL)
        return true;
    while (count-- > 0) {
        const struct product *product = catalogue_next_product(search->catalogue, search->after_id, 0);
        if (product == NULL) {
            index_fini(&search->current);
            search->current = search->next;
            memset(&search->next, 0, sizeof(search->next));
            search->catalogue = NULL;
            return true;
        }
        search->after_id = product->id;
        if (product->active)
            index_add(&search->next, product);
    }
    return false;
}

struct query {
    char words[WORDS_MAX][WORD_BYTES];
    size_t sizes[WORDS_MAX];
    size_t count;
};

static void query_of(struct search *search, const char *text, struct query *query)
{
    const char *at = text_fold(search->arena, bytes_of_text(text));

    memset(query, 0, sizeof(*query));
    while (query->count < WORDS_MAX) {
        at += strspn(at, " ");
        size_t size = strcspn(at, " ");
        if (size == 0)
            break;
        query->sizes[query->count] = size < WORD_BYTES ? size : WORD_BYTES - 1;
        memcpy(query->words[query->count], at, query->sizes[query->count]);
        query->count++;
        at += size;
    }
    arena_reset(search->arena);
}

/* 0: the name begins with the first word, 1: a word of it does, 2: it is somewhere inside; 3: not all words are there.
 */
static unsigned rank(const struct query *query, const char *name, size_t size)
{
    const char *first = NULL;
    unsigned best;

    for (size_t i = 0; i < query->count; i++) {
        const char *hit = memmem(name, size, query->words[i], query->sizes[i]);
        if (hit == NULL)
            return 3;
        if (i == 0)
            first = hit;
    }
    best = first == name ? 0 : 2;
    while (best == 2 && first != NULL) {
        if (strchr(" -(\"'/", first[-1]) != NULL)
            best = 1;
        first = memmem(first + 1, (size_t)(name + size - first - 1), query->words[0], query->sizes[0]);
    }
    return best;
}

void search_find(struct search *search, const char *text, struct search_result *result)
{
    struct query query;
    const struct index *index =
        search->current.count > 0 || search->catalogue == NULL ? &search->current : &search->next;
    int64_t ranked[3][SEARCH_SHOWN_MAX];
    size_t counts[3] = { 0 };

    memset(result, 0, sizeof(*result));
    result->partial = search->catalogue != NULL;
    query_of(search, text, &query);
    if (query.count == 0 || index->count == 0)
        return;
    for (size_t i = 0; i < index->count; i++) {
        size_t from = index->entries[i].at, to = i + 1 < index->count ? index->entries[i + 1].at : index->size;
        unsigned place = rank(&query, index->names + from, to - from - 1);
        if (place == 3)
            continue;
        result->total++;
        if (counts[place] < SEARCH_SHOWN_MAX)
            ranked[place][counts[place]++] = index->entries[i].id;
    }
    for (size_t place = 0; place < 3; place++)
        for (size_t i = 0; i < counts[place] && result->shown < SEARCH_SHOWN_MAX; i++)
            result->ids[result->shown++] = ranked[place][i];
}
