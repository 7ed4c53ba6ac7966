# Unit tests: every t/unit/test_*.c is a program of its own, linked with core
# and codec, and with what its first line, "/* build: ... */", names.
#
#   make -f scripts/lib/unit.mk OUT=build/unit/plain FLAGS="-O2"
#
# NGX is a configured nginx tree, for tests of sources that need its headers.

CC     ?= cc
OUT    ?= build/unit/plain
FLAGS  ?= -O2
NGX    ?= build/nginx-src

BASE   := -std=gnu11 -g -Wall -Wextra -Werror $(FLAGS)
# gcc cannot follow a length through an inlined file reader
RELAX  := -Wno-unused-parameter -Wno-error=maybe-uninitialized
STRICT := -Wconversion -Wshadow -Wstrict-prototypes -Wvla
INCS   := -It/unit -Isrc/core -Isrc/codec
NGX_INCS := $(addprefix -isystem $(NGX)/,objs src/core src/event \
    src/event/modules src/os/unix src/http src/http/modules src/http/v2)
COUNTS := src/stat/ngx_http_finance_stat.c
LIBS   := -lcjson -lcmocka -lpthread -lm

names   := $(basename $(notdir $(wildcard t/unit/test_*.c)))
sources := $(wildcard src/core/*.c src/codec/*.c)
objects := $(patsubst src/%.c,$(OUT)/%.o,$(sources))
lib     := $(OUT)/libfin.a

# what the first line of t/unit/$(1).c names: sources, and options
build    = $(shell sed -n '1s|^/\* build: *\(.*[^ ]\) *\*/$$|\1|p' t/unit/$(1).c)
# and, beside sources of the module's, where they count
counts   = $(if $(findstring ngx_,$(build)),$(COUNTS))
extra    = $(sort $(wildcard $(filter-out -%,$(build))) $(counts))
options  = $(filter -%,$(build))

.SECONDARY:
.SECONDEXPANSION:
.DELETE_ON_ERROR:

.PHONY: all library names

all: $(addprefix $(OUT)/,$(names))

library: $(lib)

# for the runner
names:
	@echo $(names)

$(OUT)/core/%.o: src/core/%.c scripts/lib/unit.mk
	@mkdir -p $(@D)
	$(CC) $(BASE) $(STRICT) -MMD -MP -c -o $@ $<

$(OUT)/codec/%.o: src/codec/%.c scripts/lib/unit.mk
	@mkdir -p $(@D)
	$(CC) $(BASE) $(STRICT) -MMD -MP -c -o $@ $<

$(lib): $(objects)
	@rm -f $@
	ar crs $@ $^

# A source beside the test may include headers of any layer.
headers := $(wildcard src/*/*.h t/unit/*.h)

$(OUT)/test_%.o: t/unit/test_%.c scripts/lib/unit.mk
	@mkdir -p $(@D)
	$(CC) $(BASE) $(INCS) $(if $(findstring ngx_,$(call build,test_$*)),$(NGX_INCS)) \
	    $(RELAX) -MMD -MP -c -o $@ $<

$(OUT)/test_%: $(OUT)/test_%.o $(lib) $$(call extra,test_$$*) \
    $$(if $$(call extra,test_$$*),$(headers))
	$(CC) $(BASE) $(INCS) $(if $(findstring ngx_,$(call build,test_$*)),$(NGX_INCS)) \
	    $(RELAX) -o $@ $< $(call extra,test_$*) $(lib) \
	    $(call options,test_$*) $(LIBS)

-include $(objects:.o=.d)
-include $(patsubst %,$(OUT)/%.d,$(names))
