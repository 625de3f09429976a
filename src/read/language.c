#include "read/language.h"

#include <string.h>

enum { LOOK_AT = 64 * 1024, LONGEST = 15 };

/* Frequent words that tell a language apart from its neighbours: what Dutch and English share
 * ("is", "in", "we", "was") is left out. */
static const char nl[]
    = " de het een van en niet dat zijn ik met voor op aan te dit er maar om ook "
      "wel naar uit bij nog kan kunnen wordt worden hebben heeft heb deze geen "
      "gevonden via jullie uw u mijn mij wij zich als dan door over moet graag "
      "groeten groet geachte beste hallo hoi lek gemeente kwetsbaarheid melding "
      "ontdekt bedankt alvast hierbij onderstaande mogelijk zou omdat waar meer ";
static const char en[] = " the and of to that it for with this are be have has not you your from i "
                         "on at by an or as can will would there which they been were my me if any "
                         "found could please thanks thank hello hi dear regards kind best report "
                         "vulnerability issue security bug when what how also following using "
                         "because about should following allows without user page server steps ";
static const char de[] = " der die das und ist nicht ich sie mit von auf ein eine für den dem zu "
                         "wir haben wird auch sich bei oder aber nach kann sehr geehrte grüße ";
static const char fr[] = " le la les et des est une vous je nous pour que qui dans sur avec pas "
                         "bonjour votre merci cette sont par au aux ce du cordialement ";
static const char es[] = " el los las y es una que en por para con no del se su hola gracias "
                         "como más esta este pero son al ";
static const char it[] = " il gli che di per con una sono non è della del questo grazie come "
                         "anche alla nel ";
static const char pt[] = " o os as e que não uma para com por do da em um são está obrigado ";

static const char *const others[] = { de, fr, es, it, pt };

static bool has(const char *list, const char *word, size_t len)
{
    char padded[LONGEST + 3] = " ";

    memcpy(padded + 1, word, len);
    memcpy(padded + 1 + len, " ", 2);
    return strstr(list, padded) != NULL;
}

const char *language_guess(struct span text)
{
    char word[LONGEST + 1];
    size_t len = 0, words = 0, foreign = 0;
    int in_nl = 0, in_en = 0, in_other[COUNT(others)] = { 0 }, most_other = 0;
    bool too_long = false;

    text = span_part(text, 0, LOOK_AT);
    for (size_t i = 0; i <= text.len; i++) {
        unsigned char c = i < text.len ? (unsigned char)text.at[i] : ' ';

        if (c >= 'A' && c <= 'Z')
            c |= 0x20;
        if ((c >= 'a' && c <= 'z') || c >= 0x80) {
            foreign += c >= 0xD0; /* letters beyond Latin */
            if (len < LONGEST)
                word[len++] = (char)c;
            else
                too_long = true;
            continue;
        }
        if (len && !too_long) {
            words++;
            in_nl += has(nl, word, len);
            in_en += has(en, word, len);
            for (size_t o = 0; o < COUNT(others); o++)
                in_other[o] += has(others[o], word, len);
        }
        len = 0;
        too_long = false;
    }
    for (size_t o = 0; o < COUNT(others); o++)
        most_other = in_other[o] > most_other ? in_other[o] : most_other;
    if (!words || foreign > text.len / 4)
        return "other";
    if (in_nl > in_en && in_nl >= most_other)
        return "nl";
    if (in_en >= in_nl && in_en > 0 && in_en >= most_other)
        return "en";
    return "other";
}
