/** What a shell needs to ask `zeroplane complete-words` for what may come next. A line is a word, and behind a tab what it means. */
export const SCRIPTS = {
  bash: `_zeroplane() {
  local IFS=$'\\n' words=("\${COMP_WORDS[@]:1:COMP_CWORD}")
  COMPREPLY=($(compgen -W "$(zeroplane complete-words -- "\${words[@]}" 2>/dev/null | cut -f1)" -- "\${COMP_WORDS[COMP_CWORD]}"))
  [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == */ ]] && compopt -o nospace
}
complete -o default -F _zeroplane zeroplane zp
`,
  zsh: `#compdef zeroplane zp
_zeroplane() {
  local -a found
  local line
  for line in "\${(@f)$(zeroplane complete-words -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    [[ -n $line ]] && found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  if (( \${#found} )); then _describe 'zeroplane' found; else _files; fi
}
compdef _zeroplane zeroplane zp
`,
  fish: `function __zeroplane_words
  set -l words (commandline -opc) (commandline -ct)
  zeroplane complete-words -- $words[2..-1] 2>/dev/null
end
complete -c zeroplane -f -a '(__zeroplane_words)'
complete -c zp -f -a '(__zeroplane_words)'
`,
};
export type Shell = keyof typeof SCRIPTS;
