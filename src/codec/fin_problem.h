/*
 * What is wrong with a caller's input, all of it at once: the list behind a
 * 422, in the words of FastAPI and pydantic 2 (`type` and `msg` are theirs).
 */

#ifndef FIN_PROBLEM_H
#define FIN_PROBLEM_H

#include "fin_out.h"


#define FIN_PROBLEMS_MAX       32
#define FIN_PROBLEM_LOC_MAX    4
#define FIN_PROBLEM_MSG_MAX    159
#define FIN_PROBLEM_INPUT_MAX  255
#define FIN_PROBLEM_CTX_MAX    95


typedef enum {
    FIN_PROBLEM_INPUT_NULL = 0,
    FIN_PROBLEM_INPUT_JSON,         /* finished JSON */
    FIN_PROBLEM_INPUT_STRING        /* bytes, escaped when written */
} fin_problem_input_t;


typedef enum {
    FIN_PROBLEM_CTX_NONE = 0,
    FIN_PROBLEM_CTX_NUMBER,
    FIN_PROBLEM_CTX_TEXT
} fin_problem_ctx_t;


/* A step of the path: a member's name, or (name is NULL) a position. */
typedef struct {
    const char  *name;              /* borrowed: a constant */
    int64_t      index;
} fin_problem_loc_t;


typedef struct {
    const char           *type;     /* borrowed: a constant */
    char                  msg[FIN_PROBLEM_MSG_MAX + 1];
    fin_problem_loc_t     loc[FIN_PROBLEM_LOC_MAX];
    size_t                n_loc;
    fin_problem_input_t   input_kind;
    char                  input[FIN_PROBLEM_INPUT_MAX + 1];
    size_t                input_len;
    fin_problem_ctx_t     ctx_kind;
    const char           *ctx_key;  /* borrowed: a constant */
    double                ctx_number;
    char                  ctx_text[FIN_PROBLEM_CTX_MAX + 1];
} fin_problem_t;


/* About 19 KB.  Those over FIN_PROBLEMS_MAX are counted and forgotten. */
typedef struct {
    fin_problem_t  item[FIN_PROBLEMS_MAX];
    size_t         n;
    size_t         dropped;
} fin_problems_t;


void fin_problems_init(fin_problems_t *problems);

/*
 * A new problem at the end, or NULL when the list is full; the functions below
 * do nothing for NULL.  msg is a printf format; the text is cut if need be.
 */
fin_problem_t *fin_problem_add(fin_problems_t *problems, const char *type,
    const char *msg, ...) __attribute__((format(printf, 3, 4)));

/* Appends to loc; name must outlive the list. */
void fin_problem_at(fin_problem_t *problem, const char *name);
void fin_problem_at_index(fin_problem_t *problem, int64_t index);

/* What was given; text that is too long is cut after a whole character. */
void fin_problem_input_text(fin_problem_t *problem, const char *s,
    size_t len);
/* Finished JSON; what is too long is left out, so that input is null. */
void fin_problem_input_json(fin_problem_t *problem, const char *json,
    size_t len);

/* The one member of ctx, e.g. "ge": 1. */
void fin_problem_ctx_number(fin_problem_t *problem, const char *key,
    double value);
void fin_problem_ctx_text(fin_problem_t *problem, const char *key,
    const char *text);

/* {"detail":[{"type":...,"loc":[...],"msg":...,"input":...,"ctx":...}]} */
void fin_out_problems(fin_out_t *out, const fin_problems_t *problems);


#endif
