#include <string.h>

#include "fin_assert.h"
#include "fin_uuid.h"


static void
uuid_made(void **state)
{
    int   i;
    char  a[FIN_UUID_LEN + 1], b[FIN_UUID_LEN + 1];

    (void) state;

    memset(b, 0, sizeof(b));

    for (i = 0; i < 1000; i++) {
        assert_int_equal(fin_uuid_make(a), FIN_OK);
        assert_int_equal(strlen(a), FIN_UUID_LEN);
        assert_true(fin_uuid_valid(a, strlen(a)));
        assert_int_equal(a[14], '4');
        assert_non_null(strchr("89ab", a[19]));
        assert_string_not_equal(a, b);
        memcpy(b, a, sizeof(b));
    }
}


static void
uuid_validity(void **state)
{
    size_t  i;

    static const struct {
        const char  *text;
        int          valid;
    }  row[] = {
        { "123e4567-e89b-42d3-a456-426614174000", 1 },
        { "123E4567-E89B-42D3-A456-426614174000", 1 },
        { "00000000-0000-0000-0000-000000000000", 1 },
        { "", 0 },
        { "123e4567-e89b-42d3-a456-42661417400", 0 },
        { "123e4567-e89b-42d3-a456-4266141740000", 0 },
        { "123e4567-e89b-42d3-a456-42661417400g", 0 },
        { "123e4567ae89b-42d3-a456-426614174000", 0 },
        { "123e4567-e89b-42d3-a456-4266141740-0", 0 },
        { "../../../../../../../../../../../../", 0 },
    };

    (void) state;

    for (i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        assert_int_equal(fin_uuid_valid(row[i].text, strlen(row[i].text)),
                         row[i].valid);
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(uuid_made),
        cmocka_unit_test(uuid_validity),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
