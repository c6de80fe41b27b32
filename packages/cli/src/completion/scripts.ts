import type { Shell } from "./shells.ts";

/** What a shell has to read. All of them ask `outrigger __complete`, which knows every command by itself. */
export function completionScript(shell: Shell): string {
  return SCRIPTS[shell];
}

// `outrigger __complete` answers lines of a word, a tab and what it means; none, where files are meant.
const SCRIPTS: Readonly<Record<Shell, string>> = {
  // Bash breaks words at characters such as @ and =, and replaces only what comes after.
  bash: `_outrigger() {
  local line=\${COMP_LINE:0:COMP_POINT} words
  read -r -a words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  local current=\${words[\${#words[@]} - 1]}
  local kept=\${current%"\${COMP_WORDS[COMP_CWORD]}"}
  local IFS=$'\\n'
  COMPREPLY=($(outrigger __complete -- "\${words[@]:1}" 2>/dev/null | cut -f 1))
  COMPREPLY=("\${COMPREPLY[@]#"$kept"}")
}
complete -o default -F _outrigger outrigger
`,
  zsh: `#compdef outrigger
_outrigger() {
  local -a described
  local word meaning
  outrigger __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null | while IFS=$'\\t' read -r word meaning; do
    described+=("\${word//:/\\\\:}:$meaning")
  done
  if (( \${#described} )); then _describe outrigger described; else _files; fi
}
compdef _outrigger outrigger
`,
  fish: `function __outrigger_complete
  set -l words (commandline -opc) (commandline -ct)
  outrigger __complete -- $words[2..-1] 2>/dev/null
end
complete -c outrigger -a '(__outrigger_complete)'
`,
};
