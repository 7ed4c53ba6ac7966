#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "fin_problem.h"


void
fin_problems_init(fin_problems_t *problems)
{
    problems->n = 0;
    problems->dropped = 0;
}


fin_problem_t *
fin_problem_add(fin_problems_t *problems, const char *type, const char *msg,
    ...)
{
    va_list         args;
    fin_problem_t  *problem;

    if (problems->n == FIN_PROBLEMS_MAX) {
        problems->dropped++;
        return NULL;
    }

    problem = &problems->item[problems->n++];
    memset(problem, 0, sizeof(*problem));
    problem->type = type;

    va_start(args, msg);
    (void) vsnprintf(problem->msg, sizeof(problem->msg), msg, args);
    va_end(args);

    return problem;
}


void
fin_problem_at(fin_problem_t *problem, const char *name)
{
    if (problem != NULL && problem->n_loc < FIN_PROBLEM_LOC_MAX) {
        problem->loc[problem->n_loc++].name = name;
    }
}


void
fin_problem_at_index(fin_problem_t *problem, int64_t index)
{
    if (problem != NULL && problem->n_loc < FIN_PROBLEM_LOC_MAX) {
        problem->loc[problem->n_loc].name = NULL;
        problem->loc[problem->n_loc++].index = index;
    }
}


void
fin_problem_input_text(fin_problem_t *problem, const char *s, size_t len)
{
    size_t  n;

    if (problem == NULL) {
        return;
    }

    if (len > FIN_PROBLEM_INPUT_MAX) {
        len = FIN_PROBLEM_INPUT_MAX;

        /* back to the first byte of the character that is cut; 3 at most */
        for (n = 0; n < 3 && ((unsigned char) s[len] & 0xc0) == 0x80; n++) {
            len--;
        }
    }

    memcpy(problem->input, s, len);
    problem->input_len = len;
    problem->input_kind = FIN_PROBLEM_INPUT_STRING;
}


void
fin_problem_input_json(fin_problem_t *problem, const char *json, size_t len)
{
    if (problem == NULL || len == 0 || len > FIN_PROBLEM_INPUT_MAX) {
        return;
    }

    memcpy(problem->input, json, len);
    problem->input_len = len;
    problem->input_kind = FIN_PROBLEM_INPUT_JSON;
}


void
fin_problem_ctx_number(fin_problem_t *problem, const char *key, double value)
{
    if (problem != NULL) {
        problem->ctx_kind = FIN_PROBLEM_CTX_NUMBER;
        problem->ctx_key = key;
        problem->ctx_number = value;
    }
}


void
fin_problem_ctx_text(fin_problem_t *problem, const char *key,
    const char *text)
{
    if (problem != NULL) {
        problem->ctx_kind = FIN_PROBLEM_CTX_TEXT;
        problem->ctx_key = key;
        (void) snprintf(problem->ctx_text, sizeof(problem->ctx_text), "%s",
                        text);
    }
}


static void
fin_out_problem_loc(fin_out_t *out, const fin_problem_t *problem)
{
    size_t  i;

    fin_out_array(out);

    for (i = 0; i < problem->n_loc; i++) {
        if (problem->loc[i].name != NULL) {
            fin_out_cstring(out, problem->loc[i].name);

        } else {
            fin_out_int(out, problem->loc[i].index);
        }
    }

    fin_out_array_end(out);
}


static void
fin_out_problem_input(fin_out_t *out, const fin_problem_t *problem)
{
    switch (problem->input_kind) {

    case FIN_PROBLEM_INPUT_JSON:
        fin_out_json(out, problem->input, problem->input_len);
        break;

    case FIN_PROBLEM_INPUT_STRING:
        fin_out_string(out, problem->input, problem->input_len);
        break;

    case FIN_PROBLEM_INPUT_NULL:
    default:
        fin_out_null(out);
        break;
    }
}


static void
fin_out_problem(fin_out_t *out, const fin_problem_t *problem)
{
    fin_out_object(out);
    fin_out_kstring(out, "type", problem->type);
    fin_out_key(out, "loc");
    fin_out_problem_loc(out, problem);
    fin_out_kstring(out, "msg", problem->msg);
    fin_out_key(out, "input");
    fin_out_problem_input(out, problem);

    if (problem->ctx_kind != FIN_PROBLEM_CTX_NONE) {
        fin_out_key(out, "ctx");
        fin_out_object(out);

        if (problem->ctx_kind == FIN_PROBLEM_CTX_NUMBER) {
            fin_out_kdouble(out, problem->ctx_key, problem->ctx_number);

        } else {
            fin_out_kstring(out, problem->ctx_key, problem->ctx_text);
        }

        fin_out_object_end(out);
    }

    fin_out_object_end(out);
}


void
fin_out_problems(fin_out_t *out, const fin_problems_t *problems)
{
    size_t  i;

    fin_out_object(out);
    fin_out_key(out, "detail");
    fin_out_array(out);

    for (i = 0; i < problems->n; i++) {
        fin_out_problem(out, &problems->item[i]);
    }

    fin_out_array_end(out);
    fin_out_object_end(out);
}
