/* What the stage says and asks: the line below the screen, the line that stays, the question. */
#include <stdarg.h>
#include <stdio.h>

#include "client/ui/stage.h"

static void say(struct stage *stage, enum message_kind kind, const char *format, va_list arguments)
    __attribute__((format(printf, 3, 0)));
static void say(struct stage *stage, enum message_kind kind, const char *format, va_list arguments)
{
    vsnprintf(stage->message, sizeof(stage->message), format, arguments);
    stage->message_kind = kind;
    stage->no_use_screen = NULL;
    stage->about_line = false;
    if (kind == MESSAGE_BAD)
        stage->beep = true;
    stage->dirty = true;
}

void stage_say(struct stage *stage, enum message_kind kind, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    say(stage, kind, format, arguments);
    va_end(arguments);
}

void stage_say_offline(struct stage *stage, enum message_kind kind, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    say(stage, kind, format, arguments);
    va_end(arguments);
    stage->about_line = true;
}

void stage_back_online(struct stage *stage)
{
    if (stage->about_line)
        stage_quiet(stage);
}

void stage_quiet(struct stage *stage)
{
    stage->message_kind = MESSAGE_NONE;
    stage->message[0] = 0;
    stage->no_use_screen = NULL;
    stage->about_line = false;
    stage->dirty = true;
}

void stage_hold(struct stage *stage, const char *text)
{
    snprintf(stage->held, sizeof(stage->held), "%s", text);
    stage->held_seen = false;
    stage->alarm = stage->dirty = true;
}

bool stage_holds(const struct stage *stage)
{
    return stage->held[0] != 0;
}

static void ask(struct stage *stage, const char *yes, void (*act)(void *model), const char *format, va_list arguments)
    __attribute__((format(printf, 4, 0)));
static void ask(struct stage *stage, const char *yes, void (*act)(void *model), const char *format, va_list arguments)
{
    vsnprintf(stage->dialog.question, sizeof(stage->dialog.question), format, arguments);
    snprintf(stage->dialog.yes, sizeof(stage->dialog.yes), "%s", yes);
    stage->dialog.act = act;
    stage->dialog.firm = stage->dialog.typed = false;
    stage->question_seen = false;
    stage->dirty = true;
}

void stage_ask(struct stage *stage, const char *yes, void (*act)(void *model), const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    ask(stage, yes, act, format, arguments);
    va_end(arguments);
}

void stage_ask_firmly(struct stage *stage, const char *yes, void (*act)(void *model), const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    ask(stage, yes, act, format, arguments);
    va_end(arguments);
    stage->dialog.firm = true;
}
