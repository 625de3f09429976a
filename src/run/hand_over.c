#include "run/hand_over.h"

const char *hand_over_folder(const struct fetch_settings *settings, uint32_t index)
{
    if (index < settings->folders->count)
        return settings->folders->at[index];
    index -= (uint32_t)settings->folders->count;
    return index < settings->junk_folders->count ? settings->junk_folders->at[index] : NULL;
}
