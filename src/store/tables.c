#include "store/tables.h"

#include "base/base.h"

static const struct {
    const char *name;
    enum table_kind kind;
} tables[TABLE_COUNT] = {
#define TABLE_ROW(word, name, kind) [TABLE_##word] = { name, TABLE_##kind },
    TABLES(TABLE_ROW)
#undef TABLE_ROW
};

const char *table_name(enum table table)
{
    return tables[table].name;
}

enum table_kind table_kind(enum table table)
{
    return tables[table].kind;
}
