# Tab completion for meldpost in bash: commands, then the options of the command, then files.
_meldpost()
{
    local word=${COMP_WORDS[COMP_CWORD]}

    if [ "$COMP_CWORD" -eq 1 ]; then
        mapfile -t COMPREPLY < <(compgen -W "$(meldpost --complete) --help --version" -- "$word")
    elif [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(meldpost --complete "${COMP_WORDS[1]}")" -- "$word")
    fi
}
complete -o default -F _meldpost meldpost
