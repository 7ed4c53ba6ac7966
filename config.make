# Rules for the C files of finance_texts, which config lists: nginx's
# configure reads this file when it writes the Makefile.

for finance_text in $finance_texts; do
    finance_name=${finance_text%%:*}
    finance_file=$ngx_addon_dir/${finance_text#*:}

    cat << END                                                >> $NGX_MAKEFILE

$NGX_OBJS/finance/$finance_name.c:	$finance_file \\
	$ngx_addon_dir/src/docs/embed.sh
	mkdir -p $NGX_OBJS/finance
	sh $ngx_addon_dir/src/docs/embed.sh $finance_name $finance_file \\
		> $NGX_OBJS/finance/$finance_name.new
	mv $NGX_OBJS/finance/$finance_name.new $NGX_OBJS/finance/$finance_name.c

END
done
