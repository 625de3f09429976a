# Each file as a row { "KIND.LANGUAGE.txt", "its text" }, a string a line.
FNR == 1 {
    if (NR > 1)
        print "},"
    name = FILENAME
    sub(/.*\//, "", name)
    printf "{ \"%s\",\n", name
}
{
    gsub(/[\\"]/, "\\\\&")
    printf "\"%s\\n\"\n", $0
}
END { print "}," }
