/* The settings of a till as text, and what they mean. */
#include "client/counter/till_settings.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const struct setting till_setting_table[] = {
    { .section = "till",
      .key = "printer",
      .environment = "CAROLINE_PRINTER",
      .flag = "printer",
      .kind = SETTING_TEXT,
      .fallback = "none",
      .help = "where receipts are printed: tcp:HOST[:PORT], device:PATH, file:PATH, cups:QUEUE, or none" },
    { .section = "till",
      .key = "printer_columns",
      .flag = "printer-columns",
      .kind = SETTING_INT,
      .fallback = "42",
      .least = ESCPOS_COLUMNS_LEAST,
      .most = ESCPOS_COLUMNS_MOST,
      .help = "letters in a line: 32 on paper of 58 mm, 42 or 48 on 80 mm" },
    { .section = "till",
      .key = "printer_codepage",
      .flag = "printer-codepage",
      .kind = SETTING_TEXT,
      .fallback = "pc858,wpc1252,pc437",
      .help = "the tables of letters that the printer has, the best first, of pc858, wpc1252 and pc437; none: ASCII" },
    { .section = "till",
      .key = "printer_code",
      .flag = "printer-code",
      .kind = SETTING_TEXT,
      .fallback = "qr",
      .help = "the receipt's number to scan: qr, code128, or text" },
    { .section = "till",
      .key = "printer_cutter",
      .flag = "printer-cutter",
      .kind = SETTING_TEXT,
      .fallback = "yes",
      .help = "it cuts the paper: yes or no" },
    { .section = "till",
      .key = "printer_answers",
      .flag = "printer-answers",
      .kind = SETTING_TEXT,
      .fallback = "yes",
      .help = "a network printer says whether it has paper: yes or no; one that does not answer is not waited for" },
    { .section = "till",
      .key = "drawer",
      .flag = "drawer",
      .kind = SETTING_TEXT,
      .fallback = "2",
      .help = "the drawer at the printer opens by pin 2 or 5 of its plug; none" },
    { .section = "till",
      .key = "receipts",
      .flag = "receipts",
      .kind = SETTING_TEXT,
      .fallback = "always",
      .help = "print a receipt of every sale: always; or when somebody asks: ask" },
    { .section = "till",
      .key = "amounts",
      .flag = "amounts",
      .kind = SETTING_TEXT,
      .fallback = "point",
      .help = "what 1250 is where an amount is typed: 1250.00, and 12.50 is 12.50 (point); or 12.50, as on a cash "
              "register (minor)" },
    { .section = "till",
      .key = "sounds",
      .flag = "sounds",
      .kind = SETTING_TEXT,
      .fallback = "yes",
      .help = "the terminal's bell says that something was not taken: yes or no" },
    { .section = "till",
      .key = "theme",
      .flag = "theme",
      .kind = SETTING_TEXT,
      .fallback = "terminal",
      .help = "the colours: terminal (its own), light, dark, contrast, or a file with a / in its name" },
    { 0 },
};

const char *till_settings_file(const char *given, struct arena *arena)
{
    const char *config_home = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME"), *file;

    if (given != NULL)
        return given;
    if (config_home != NULL && *config_home != '\0')
        file = arena_format(arena, "%s/caroline/client.conf", config_home);
    else
        file = arena_format(arena, "%s/.config/caroline/client.conf", home != NULL ? home : "");
    if (access(file, F_OK) == 0)
        return file;
    file = "/etc/caroline/client.conf";
    return access(file, F_OK) == 0 ? file : NULL;
}

/* Which of the words, ended by NULL; -1: none. */
static int choice(const char *text, const char *const *words)
{
    for (int i = 0; words[i] != NULL; i++)
        if (strcmp(text, words[i]) == 0)
            return i;
    return -1;
}

static bool chosen(const struct config *config, const char *key, const char *const *words, struct arena *arena,
                   int *which, const char **problem)
{
    const char *text = config_text(config, "till", key);
    const char *all = words[0];

    *which = choice(text, words);
    if (*which >= 0)
        return true;
    for (int i = 1; words[i] != NULL; i++)
        all = arena_format(arena, "%s%s%s", all, words[i + 1] != NULL ? ", " : " or ", words[i]);
    *problem = arena_format(arena, "%s is %s, not '%s'", key, all, text);
    return false;
}

static bool read_pages(struct escpos *printer, const char *text, struct arena *arena, const char **problem)
{
    char *words = arena_text(arena, text);

    if (strcmp(text, "none") == 0)
        return true;
    for (char *word; (word = strsep(&words, ",")) != NULL;) {
        word += strspn(word, " ");
        if (printer->page_count == ESCPOS_PAGES ||
            !escpos_page_parse(bytes_of(word, strcspn(word, " ")), &printer->pages[printer->page_count])) {
            *problem =
                arena_format(arena, "printer_codepage is a list of pc858, wpc1252 and pc437, or none, not '%s'", text);
            return false;
        }
        printer->page_count++;
    }
    return true;
}

bool till_settings_read(struct till_settings *settings, const struct config *config, struct arena *arena,
                        const char **problem)
{
    static const char *const yes_no[] = { "no", "yes", NULL }, *const pins[] = { "none", "2", "5", NULL },
                             *const codes[] = { "qr", "code128", "text", NULL },
                             *const whens[] = { "ask", "always", NULL }, *const amounts[] = { "point", "minor", NULL };
    static const unsigned pin_of[] = { 0, 2, 5 };
    static const enum escpos_code code_of[] = { ESCPOS_CODE_QR, ESCPOS_CODE_128, ESCPOS_CODE_TEXT };
    int code, cutter, answers, drawer, receipts, amount, sounds;

    *settings = (struct till_settings){ .printer.columns = (size_t)config_int(config, "till", "printer_columns") };
    if (!printer_parse(config_text(config, "till", "printer"), arena, &settings->address, problem) ||
        !read_pages(&settings->printer, config_text(config, "till", "printer_codepage"), arena, problem) ||
        !chosen(config, "printer_code", codes, arena, &code, problem) ||
        !chosen(config, "printer_cutter", yes_no, arena, &cutter, problem) ||
        !chosen(config, "printer_answers", yes_no, arena, &answers, problem) ||
        !chosen(config, "drawer", pins, arena, &drawer, problem) ||
        !chosen(config, "receipts", whens, arena, &receipts, problem) ||
        !chosen(config, "amounts", amounts, arena, &amount, problem) ||
        !chosen(config, "sounds", yes_no, arena, &sounds, problem) ||
        !theme_read(config_text(config, "till", "theme"), arena, &settings->theme, problem))
        return false;
    settings->printer.code = code_of[code];
    settings->printer.cutter = cutter == 1;
    settings->address.silent = answers == 0;
    settings->printer.drawer_pin = pin_of[drawer];
    settings->receipts_always = receipts == 1;
    settings->amounts_minor = amount == 1;
    settings->silent = sounds == 0;
    return true;
}
