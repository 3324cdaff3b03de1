/* The store's calls, handed to whatever store it is. */
#include "server/store/store.h"

#include <assert.h>

void txn_begin(struct store *store, struct txn *txn, txn_done_fn *done)
{
    assert(txn->arena != NULL);
    txn->store = store;
    txn->problem = NULL;
    store->class->begin(store, txn, done);
}

struct rows *txn_ask(struct txn *txn, const struct statement *statement, const struct param *params, size_t count)
{
    assert(count == (size_t)statement->param_count);
    return txn->store->class->ask(txn, statement, params, count);
}

void txn_run(struct txn *txn, txn_done_fn *done)
{
    txn->store->class->run(txn, false, done);
}

void txn_hurry(struct txn *txn)
{
    if (txn->store->class->hurry)
        txn->store->class->hurry(txn);
}

void txn_commit(struct txn *txn, txn_done_fn *done)
{
    txn->store->class->run(txn, true, done);
}

void txn_rollback(struct txn *txn)
{
    txn->store->class->rollback(txn);
}
